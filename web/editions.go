package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"silkwire/store"
	"silkwire/words"
)

// maxEditions is how many digests the list shows.
const maxEditions = 100

// operatorProfile is the profile of mails about what is broken, which are no
// digests.
const operatorProfile = "operator"

// editionsPage is templates/editions.html: the digests, newest first.
type editionsPage struct {
	frame
	Editions []editionRow
	Feeds    []feedLink
}

// feedLink is a profile's feed.
type feedLink struct{ Profile, Href string }

// editionRow is one digest in the list.
type editionRow struct {
	Href, Profile, Subject string
	Rendered               stamp
	From, To               stamp
	Stories                int
	Deliveries             []deliveryCount
}

// editionPage is templates/edition.html: one digest with its deliveries.
type editionPage struct {
	frame
	editionRow
	Messages []delivery
	Content  template.HTML
	Broken   string // why there is no content

	Older, Newer *editionRow // of the same profile
	MailHref     string      // of the mail's own HTML, when it is asked for
	AsMail       string      // the address that asks for it; "": there is no mail to show
}

// delivery is what became of one message.
type delivery struct {
	Channel, Recipient string
	Word               string
	Bad                bool
	Attempts           int
	Tried, Next        stamp
	Error              string
	MessageID          string
}

func editionHref(id string) string { return "/editions/" + url.PathEscape(id) }

func (s *Server) editionsPage(r *http.Request) (framed, error) {
	list, err := s.Store.EditionList(r.Context(), "", maxEditions)
	if err != nil {
		return nil, err
	}
	p := &editionsPage{frame: frame{Title: s.say("Digests"), Section: "editions"}}
	for i := range list {
		p.Editions = append(p.Editions, s.editionRow(&list[i]))
		feed := feedLink{oneLine(list[i].Profile, 60), "/editions/feed/" + url.PathEscape(list[i].Profile) + ".atom"}
		if list[i].Profile != operatorProfile && !slices.Contains(p.Feeds, feed) {
			p.Feeds = append(p.Feeds, feed)
		}
	}
	return p, nil
}

func (s *Server) editionPage(r *http.Request) (framed, error) {
	e, err := s.Store.Edition(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &editionPage{editionRow: s.editionRow(&e)}
	p.frame = frame{Title: p.Subject, Section: "editions"}
	for i := range e.Messages {
		p.Messages = append(p.Messages, s.delivery(&e.Messages[i]))
	}
	if p.Older, p.Newer, err = s.neighbours(r.Context(), &e); err != nil {
		return nil, err
	}
	if s.Mail != nil {
		p.AsMail = p.Href + "?as=mail"
		if r.URL.Query().Get("as") == "mail" {
			p.MailHref = "/mails/" + url.PathEscape(e.ID)
			return p, nil
		}
	}
	if s.Edition == nil {
		return p, nil
	}
	if p.Content, err = s.Edition(e); err != nil {
		s.Log.Error("a digest cannot be shown", "request", idOf(r), "edition", e.ID, "error", err)
		p.Broken = s.say("The content of this digest cannot be shown; the log says why. What was delivered is not touched by this.")
	}
	return p, nil
}

// mostNeighbours is how many editions are looked through for those before and
// after one.
const mostNeighbours = 1000

// neighbours are the editions of a profile before and after one.
func (s *Server) neighbours(ctx context.Context, e *store.Edition) (older, newer *editionRow, err error) {
	list, err := s.Store.EditionList(ctx, e.Profile, mostNeighbours)
	i := slices.IndexFunc(list, func(o store.Edition) bool { return o.ID == e.ID })
	if err != nil || i < 0 {
		return nil, nil, err
	}
	if i > 0 {
		row := s.editionRow(&list[i-1])
		newer = &row
	}
	if i+1 < len(list) {
		row := s.editionRow(&list[i+1])
		older = &row
	}
	return older, newer, nil
}

func (s *Server) editionRow(e *store.Edition) editionRow {
	subject := oneLine(e.Subject, 200)
	if subject == "" {
		subject = s.say("Digest %s", oneLine(e.Profile, 60))
	}
	return editionRow{
		Href: editionHref(e.ID), Profile: oneLine(e.Profile, 60), Subject: subject, Rendered: s.stamp(e.Rendered),
		From: s.stamp(e.From), To: s.stamp(e.To), Stories: e.Stories, Deliveries: s.deliveryCounts(e.Messages),
	}
}

func (s *Server) delivery(m *store.Message) delivery {
	d := delivery{
		Channel: s.say(channelWord(m.Channel)), Recipient: oneLine(m.Recipient, 200), Word: s.say(deliveryWord(m.State, m.Channel)), Bad: isBad(m.State),
		Attempts: m.Attempts, Tried: s.stamp(m.Tried), Error: oneLine(m.Error, 400), MessageID: oneLine(m.MessageID, 200),
	}
	if m.State.Open() {
		d.Next = s.stamp(m.Next)
	}
	return d
}

func channelWord(channel string) words.Message {
	switch channel {
	case "mail":
		return "mail"
	case "file":
		return "file"
	case "webhook":
		return "webhook"
	case "telegram":
		return "Telegram"
	}
	return words.Message(oneLine(channel, 20))
}

func isBad(state store.DeliveryState) bool { return state == store.PermFail || state == store.Dead }

// deliveryWord says how far a message has got.
func deliveryWord(state store.DeliveryState, channel string) words.Message {
	switch state {
	case store.Rendered:
		return "waiting"
	case store.Sending:
		return "being sent"
	case store.Accepted:
		if channel == "file" {
			return "written"
		}
		return "accepted"
	case store.TempFail:
		return "will be tried again"
	case store.PermFail:
		return "refused for good"
	case store.Dead:
		return "given up"
	}
	return words.Message(oneLine(string(state), 40))
}

// deliveryCounts sums up deliveries, in the order in which they appear.
func (s *Server) deliveryCounts(messages []store.Message) []deliveryCount {
	var list []deliveryCount
	for i := range messages {
		m := &messages[i]
		word := s.say(deliveryWord(m.State, m.Channel))
		at := -1
		for j := range list {
			if list[j].Word == word {
				at = j
			}
		}
		if at < 0 {
			list = append(list, deliveryCount{Word: word, Bad: isBad(m.State)})
			at = len(list) - 1
		}
		list[at].N++
	}
	return list
}
