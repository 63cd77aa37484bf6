package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"silkwire/account"
	"silkwire/words"
)

// Profiles keeps the digests, of the configuration and of the desk.
type Profiles interface {
	// Profiles lists all of them, those of the configuration first.
	Profiles(ctx context.Context) ([]Profile, error)

	// Save adds a profile, or replaces the one of its name unless fresh
	// says that it must be new. Where there are mistakes, by field, nothing
	// is saved.
	Save(ctx context.Context, fields map[string]string, fresh bool, by string) (mistakes map[string]string, err error)

	// Pause has a profile of the desk rest, or go on.
	Pause(ctx context.Context, id string, paused bool, by string) error

	// Preview is the edition that would be issued now. Nothing is kept.
	Preview(ctx context.Context, fields map[string]string) (subject string, content template.HTML, mistakes map[string]string, err error)
}

// Profile is a digest as it is configured.
type Profile struct {
	Fields  map[string]string
	Fixed   bool   // stands in the configuration, and is changed there
	Paused  bool   // rests
	Broken  string // why it cannot be issued; "": it can
	By      string // who changed it last
	Changed time.Time
	Next    time.Time // when it is due
}

// profilesPage is templates/profiles.html.
type profilesPage struct {
	frame
	Profiles []profileRow
	Left     []leftRow
	MayWrite bool
}

type profileRow struct {
	ID, Href, Query, Schedule, Timezone string
	Readers                             int
	Fixed, Paused                       bool
	Broken                              string
	Next                                stamp
}

// leftRow is a recipient who wants no more of a digest.
type leftRow struct {
	Profile, Recipient, Action string
	When                       stamp
}

// profilePage is templates/profile.html: a form, filled in.
type profilePage struct {
	frame
	ID       string // "" for a new one
	Fresh    bool
	ReadOnly bool
	Fixed    bool
	Paused   bool
	Fields   []profileField
	Mistakes int
	Saved    bool
	By       string
	Changed  stamp

	Subject string // of the preview
	Preview template.HTML
}

// profileField is one field of the form.
type profileField struct {
	Key, Value, Mistake string
	Label, Hint         words.Message
	Area                bool
	Options             []option
}

// option is one value that a field may have.
type option struct {
	Value string
	Name  words.Message
}

// profileFields are the fields of the form in their order.
func profileFields() []profileField {
	return []profileField{
		{Key: "id", Label: "Name", Hint: "Small letters, digits and dashes; it stays."},
		{Key: "query", Label: "What it tells", Hint: "A search as on the page of items: actor:china instrument:scholarship to:uzbekistan relevance:0.8", Area: true},
		{Key: "to", Label: "Recipients", Hint: "Mail addresses, one a line. Nobody: it becomes a file.", Area: true},
		{Key: "channels", Label: "Channels", Hint: "Webhooks and chats of the configuration, by name, one a line.", Area: true},
		{Key: "schedule", Label: "When", Hint: "Minute, hour, day, month, weekday: 0 7 * * * is daily at seven, 0 7 * * MON-FRI on weekdays, 0 8 * * MON weekly."},
		{Key: "timezone", Label: "Time zone", Hint: "Asia/Tashkent, Europe/Berlin, …"},
		{Key: "group", Label: "Grouped by", Options: []option{{"actor", "actor"}, {"country", "country"}, {"flat", "not at all"}}},
		{Key: "labels", Label: "Language of labels", Options: []option{{"en", "English"}, {"ru", "Russian"}, {"uz", "Uzbek"}, {"kk", "Kazakh"}}},
		{Key: "max_stories", Label: "Stories at most"},
		{Key: "when_empty", Label: "When there is nothing to tell", Options: []option{{"skip", "nothing is sent"}, {"send", "it is sent all the same"}}},
		{Key: "catch_up", Label: "After a time of silence", Hint: "Tell the latest, all, or none of the editions that were missed; no item is lost by any of them.", Options: []option{{"latest", "the latest"}, {"all", "all"}, {"none", "none"}}},
	}
}

func profileHref(id string) string { return "/profiles/" + url.PathEscape(id) }

func (s *Server) profilesPage(r *http.Request) (framed, error) {
	list, err := s.allProfiles(r.Context())
	if err != nil {
		return nil, err
	}
	p := &profilesPage{frame: frame{Title: s.say("Profiles of digests"), Section: "editions"}, MayWrite: s.mayWrite(r)}
	for i := range list {
		f := list[i].Fields
		row := profileRow{
			ID: f["id"], Href: profileHref(f["id"]), Query: oneLine(f["query"], 200), Schedule: f["schedule"], Timezone: f["timezone"],
			Readers: len(strings.Fields(f["to"])), Fixed: list[i].Fixed, Paused: list[i].Paused, Broken: list[i].Broken,
		}
		if !row.Paused {
			row.Next = s.stamp(list[i].Next)
		}
		p.Profiles = append(p.Profiles, row)
	}
	left, err := s.Store.Subscriptions(r.Context())
	for _, sub := range left {
		if sub.Off {
			p.Left = append(p.Left, leftRow{oneLine(sub.Profile, 60), oneLine(sub.Recipient, 200), profileHref(sub.Profile) + "/back", s.stamp(sub.Changed)})
		}
	}
	return p, err
}

func (s *Server) allProfiles(ctx context.Context) ([]Profile, error) {
	if s.Profiles == nil {
		return nil, nil
	}
	return s.Profiles.Profiles(ctx)
}

func (s *Server) mayWrite(r *http.Request) bool {
	return s.Profiles != nil && visitorOf(r).Role.Allows(account.Analyst)
}

// newProfilePage is the form with what holds by default: the fields of the
// first profile's kin, but for its name and readers.
func (s *Server) newProfilePage(*http.Request) (framed, error) {
	if s.Profiles == nil {
		return nil, failure{Code: http.StatusNotFound, Kind: "not_found"}
	}
	return s.profileForm(Profile{Fields: s.NewProfile}, nil, true), nil
}

func (s *Server) profilePage(r *http.Request) (framed, error) {
	found, err := s.profileNamed(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := s.profileForm(found, nil, false)
	p.ReadOnly = found.Fixed || !s.mayWrite(r)
	p.Saved = r.URL.Query().Get("saved") != ""
	return p, nil
}

func (s *Server) profileNamed(ctx context.Context, id string) (Profile, error) {
	list, err := s.allProfiles(ctx)
	if err != nil {
		return Profile{}, err
	}
	i := slices.IndexFunc(list, func(p Profile) bool { return p.Fields["id"] == id })
	if i < 0 {
		return Profile{}, failure{Code: http.StatusNotFound, Kind: "not_found"}
	}
	return list[i], nil
}

// profileForm fills the form in, with mistakes at their fields.
func (s *Server) profileForm(of Profile, mistakes map[string]string, fresh bool) *profilePage {
	id := of.Fields["id"]
	p := &profilePage{
		frame: frame{Title: s.say("Profile %s", oneLine(id, 60)), Section: "editions"}, ID: id, Fresh: fresh, Fixed: of.Fixed, Paused: of.Paused,
		Mistakes: len(mistakes), By: of.By, Changed: s.stamp(of.Changed),
	}
	if fresh {
		p.Title = s.say("A new profile")
	}
	for _, f := range profileFields() {
		f.Value, f.Mistake = of.Fields[f.Key], mistakes[f.Key]
		if f.Key == "id" && !fresh {
			continue
		}
		p.Fields = append(p.Fields, f)
	}
	return p
}

// saveProfile saves a form, or shows what it would tell.
func (s *Server) saveProfile(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil || s.Profiles == nil {
		s.fail(w, r, errors.Join(err, failure{Code: http.StatusNotFound, Kind: "not_found"}))
		return
	}
	fields := map[string]string{}
	for _, f := range profileFields() {
		fields[f.Key] = r.PostFormValue(f.Key)
	}
	fresh := r.PostFormValue("fresh") != ""
	if r.PostFormValue("do") == "preview" {
		s.previewProfile(w, r, fields, fresh)
		return
	}
	before, _ := s.profileNamed(r.Context(), fields["id"]) // none: it is new
	mistakes, err := s.Profiles.Save(r.Context(), fields, fresh, visitorOf(r).Name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if len(mistakes) > 0 {
		p := s.profileForm(Profile{Fields: fields}, mistakes, fresh)
		p.Code = http.StatusUnprocessableEntity
		s.writePage(w, r, "profile", p)
		return
	}
	s.audit(r, "save", "profile "+fields["id"], before.Fields, fields)
	http.Redirect(w, r, profileHref(fields["id"])+"?saved=1", http.StatusSeeOther)
}

// previewPatience is how long a preview may take.
const previewPatience = 20 * time.Second

func (s *Server) previewProfile(w http.ResponseWriter, r *http.Request, fields map[string]string, fresh bool) {
	ctx, stop := context.WithTimeout(r.Context(), previewPatience)
	defer stop()
	subject, content, mistakes, err := s.Profiles.Preview(ctx, fields)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	p := s.profileForm(Profile{Fields: fields}, mistakes, fresh)
	if len(mistakes) > 0 {
		p.Code = http.StatusUnprocessableEntity
	} else {
		p.Subject, p.Preview = subject, content
	}
	s.writePage(w, r, "profile", p)
}

// pauseProfile has a profile rest; resumeProfile has it go on.
func (s *Server) pauseProfile(r *http.Request) (string, error)  { return s.setPaused(r, true) }
func (s *Server) resumeProfile(r *http.Request) (string, error) { return s.setPaused(r, false) }

func (s *Server) setPaused(r *http.Request, paused bool) (string, error) {
	found, err := s.profileNamed(r.Context(), r.PathValue("id"))
	if err != nil {
		return "", err
	}
	if found.Fixed {
		return "", failure{Code: http.StatusConflict, Kind: "fixed", Detail: "This digest stands in the configuration, and is changed there."}
	}
	id := found.Fields["id"]
	if err := s.Profiles.Pause(r.Context(), id, paused, visitorOf(r).Name); err != nil {
		return "", err
	}
	s.audit(r, map[bool]string{true: "pause", false: "resume"}[paused], "profile "+id, found.Paused, paused)
	return "/profiles", nil
}

// haveBack has a recipient get a digest again who had left it.
func (s *Server) haveBack(r *http.Request) (string, error) {
	if err := readForm(r); err != nil {
		return "", err
	}
	sub, err := s.Store.Subscription(r.Context(), r.PathValue("id"), r.PostFormValue("recipient"))
	if err != nil || !sub.Off {
		return "/profiles", err
	}
	again := sub.Again(s.Now())
	if err := s.Store.PutSubscription(r.Context(), again); err != nil {
		return "", err
	}
	s.audit(r, "subscribe", "recipient of profile "+sub.Profile, sub, again)
	return "/profiles", nil
}
