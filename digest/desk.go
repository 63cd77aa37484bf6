package digest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// The channels of a message.
const (
	MailChannel     = "mail"
	FileChannel     = "file"     // the recipient is the name of the files
	WebhookChannel  = "webhook"  // the recipient is the name of a hook
	TelegramChannel = "telegram" // the recipient is the name of a bot
)

// Desk issues editions: it gathers what an edition is made from, has it
// compiled and rendered, and freezes the result in the archive.
type Desk struct {
	Store    store.Store
	Taxonomy Labels
	Version  string // of the taxonomy
	Outlets  []news.Outlet
	Sources  []news.Source // those that are visited
	Mail     bool          // there is a mail server; else editions go to files
	// Precision says how exact the tags have proved; "" is "not yet measured".
	Precision string
	// Same judges whether two items tell the same story; nil is [SameStory].
	Same func(a, b *news.Item) (bool, string)
	// Unsubscribe makes the one-click address for a recipient; nil: none.
	Unsubscribe func(store.Subscription) string
	// Signature vouches for mails; nil: they are not signed.
	Signature *Signature
	Now       func() time.Time
	Log       *slog.Logger
}

const (
	firstWindow  = 24 * time.Hour // of a profile's first edition
	rememberLast = 7              // editions whose tellings are corrected
	baselineDays = 28
	pageSize     = 500
)

// EditionID names the edition of a profile whose window ends at due.
func EditionID(profile string, due time.Time) string {
	sum := sha256.Sum256([]byte(profile + "\n" + due.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:8])
}

// Issue freezes the edition of a profile that is due: what was first seen since
// the last one (or in the 24 hours before), with one message for each
// recipient. Issuing it again returns what was frozen, and so does issuing one
// whose time an earlier issue has covered. An edition with nothing to tell is
// frozen without messages, unless the profile wants to be told so.
func (d *Desk) Issue(ctx context.Context, p Profile, due time.Time) (store.Edition, error) {
	id := EditionID(p.ID, due)
	frozen, err := d.Store.Edition(ctx, id)
	if !errors.Is(err, store.ErrNotFound) {
		return frozen, err
	}
	earlier, err := d.earlier(ctx, p)
	if err != nil {
		return store.Edition{}, fmt.Errorf("digest %s: %w", p.ID, err)
	}
	if len(earlier) > 0 && !earlier[0].To.Before(due) {
		return d.Store.Edition(ctx, earlier[0].ID)
	}
	e, err := d.edition(ctx, p, due, earlier)
	if err != nil {
		return store.Edition{}, fmt.Errorf("digest %s: %w", p.ID, err)
	}
	err = d.Store.Freeze(ctx, e)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return store.Edition{}, fmt.Errorf("digest %s: %w", p.ID, err)
	}
	return d.Store.Edition(ctx, id)
}

// Preview is the edition that would be issued at a time, and its looks. Nothing
// is kept of it.
func (d *Desk) Preview(ctx context.Context, p Profile, at time.Time) (Edition, Message, error) {
	earlier, err := d.earlier(ctx, p)
	if err != nil {
		return Edition{}, Message{}, fmt.Errorf("digest %s: %w", p.ID, err)
	}
	earlier = slices.DeleteFunc(earlier, func(e store.Edition) bool { return !e.To.Before(at) })
	in, err := d.gather(ctx, p, at, earlier)
	if err != nil {
		return Edition{}, Message{}, fmt.Errorf("digest %s: %w", p.ID, err)
	}
	e := Compile(in)
	m, err := Render(e)
	return e, m, err
}

// Test is a message to one address with what would be issued at a time, marked
// as a test. Nothing is kept of it.
func (d *Desk) Test(ctx context.Context, p Profile, to string, at time.Time) (store.Message, error) {
	address, err := ParseAddress(to)
	if err != nil {
		return store.Message{}, fmt.Errorf("digest %s: %q: %w", p.ID, to, err)
	}
	e, _, err := d.Preview(ctx, p, at)
	if err != nil {
		return store.Message{}, err
	}
	e.Subject = "[test] " + e.Subject
	env, err := d.envelope(p, store.Edition{ID: e.ID, Rendered: d.Now()}, "test "+address.Address)
	if err != nil {
		return store.Message{}, fmt.Errorf("digest %s: %w", p.ID, err)
	}
	env.To = address.String()
	body, err := d.packed(e, env)
	return store.Message{Edition: e.ID, Channel: MailChannel, Recipient: address.Address, MessageID: "<" + env.MessageID + ">", Body: body}, err
}

// earlier are the profile's last editions, the latest window first.
func (d *Desk) earlier(ctx context.Context, p Profile) ([]store.Edition, error) {
	list, err := d.Store.EditionList(ctx, p.ID, rememberLast)
	slices.SortFunc(list, func(a, b store.Edition) int { return b.To.Compare(a.To) })
	return list, err
}

// edition compiles, renders and packs.
func (d *Desk) edition(ctx context.Context, p Profile, due time.Time, earlier []store.Edition) (store.Edition, error) {
	in, err := d.gather(ctx, p, due, earlier)
	if err != nil {
		return store.Edition{}, err
	}
	e := Compile(in)
	compiled, err := json.Marshal(e)
	if err != nil {
		return store.Edition{}, err
	}
	frozen := store.Edition{
		ID: e.ID, Profile: p.ID, From: in.From, To: in.To, Rendered: in.Now, Subject: e.Subject, Stories: e.Counts.Stories,
		Compiled: compiled, Told: toldIn(in, e),
	}
	if e.Empty() && p.WhenEmpty != Send {
		return frozen, nil
	}
	frozen.Messages, err = d.messages(ctx, p, frozen, e, earlier)
	return frozen, err
}

// toldIn are the items of the window, those beyond the edition's length
// included, and those it corrects.
func toldIn(in Input, e Edition) []store.Told {
	revisions := make(map[news.ItemID]int)
	for _, it := range in.Items {
		if _, before := in.Told[it.ID]; !before {
			revisions[it.ID] = it.Revision
		}
	}
	for _, id := range e.items() {
		if it, there := in.Present[id]; there {
			revisions[id] = it.Revision
		}
	}
	var list []store.Told
	for id, r := range revisions {
		list = append(list, store.Told{Item: id, Edition: e.ID, Revision: r})
	}
	slices.SortFunc(list, func(a, b store.Told) int { return cmp.Compare(a.Item, b.Item) })
	return list
}

// gather reads what an edition is made from.
func (d *Desk) gather(ctx context.Context, p Profile, due time.Time, earlier []store.Edition) (Input, error) {
	in := Input{
		ID: EditionID(p.ID, due), Profile: p, From: due.Add(-firstWindow), To: due, Now: d.Now(),
		Taxonomy: d.Taxonomy, TaxonomyVersion: d.Version, Precision: d.Precision, Same: d.Same,
		Outlets: outletsByID(d.Outlets), Sources: len(d.Sources),
	}
	if len(earlier) > 0 {
		in.From = earlier[0].To
	}
	var err error
	if in.Items, err = d.find(ctx, p.Query, in.From, in.To, true); err != nil {
		return in, err
	}
	if in.Told, err = d.Store.Told(ctx, p.ID, idsOf(in.Items)); err != nil {
		return in, err
	}
	if in.Earlier, in.Present, err = d.memory(ctx, earlier); err != nil {
		return in, err
	}
	if in.Baseline, err = d.baseline(ctx, p, in.From); err != nil {
		return in, err
	}
	states, err := d.Store.SourceStates(ctx)
	in.Coverage = Notes(d.Sources, in.Outlets, states, in.Now)
	return in, err
}

func outletsByID(list []news.Outlet) map[news.OutletID]news.Outlet {
	m := make(map[news.OutletID]news.Outlet, len(list))
	for _, o := range list {
		m[o.ID] = o
	}
	return m
}

func idsOf(items []news.Item) []news.ItemID {
	ids := make([]news.ItemID, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	return ids
}

// find returns all items of a query that were first seen in [from, to).
func (d *Desk) find(ctx context.Context, q search.Query, from, to time.Time, withText bool) ([]news.Item, error) {
	var items []news.Item
	ask := store.Query{Search: q, FetchedFrom: from, FetchedTo: to, Limit: pageSize, WithText: withText}
	for {
		page, err := d.Store.Find(ctx, ask)
		if err != nil {
			return nil, err
		}
		items = append(items, page.Items...)
		if page.Next == "" {
			return items, nil
		}
		ask.Cursor = page.Next
	}
}

// memory is what the last editions told, and how it stands now.
func (d *Desk) memory(ctx context.Context, list []store.Edition) ([]Edition, map[news.ItemID]news.Item, error) {
	var earlier []Edition
	present := make(map[news.ItemID]news.Item)
	for _, head := range list {
		frozen, err := d.Store.Edition(ctx, head.ID)
		if err != nil {
			return nil, nil, err
		}
		e, err := Read(frozen.Compiled)
		if err != nil {
			d.Log.Warn("an earlier edition cannot be corrected any more", "edition", head.ID, "error", err)
			continue
		}
		earlier = append(earlier, e)
		for _, id := range e.items() {
			it, err := d.Store.Item(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			present[id] = it
		}
	}
	return earlier, present, nil
}

// baseline counts the days before from, as far back as the archive goes.
func (d *Desk) baseline(ctx context.Context, p Profile, from time.Time) (Baseline, error) {
	items, err := d.find(ctx, p.Query, from.AddDate(0, 0, -baselineDays), from, false)
	if err != nil {
		return Baseline{}, err
	}
	return CountDays(items, from, p.zone()), nil
}

// CountDays makes a baseline of items first seen before a time. The first day
// on record is left out: it brought the backlog of every source.
func CountDays(items []news.Item, before time.Time, zone *time.Location) Baseline {
	const day = 24 * time.Hour
	byDay := make(map[int][]news.Item)
	last := 0
	for _, it := range items {
		i := int(before.Sub(it.Fetched) / day)
		byDay[i] = append(byDay[i], it)
		last = max(last, i)
	}
	b := Baseline{Sources: make(map[news.SourceID]bool)}
	for _, it := range items {
		b.Sources[it.Source] = true
	}
	for i := range min(last, baselineDays) {
		middle := before.Add(-time.Duration(i)*day - day/2).In(zone)
		b.Days = append(b.Days, Day{Weekday: middle.Weekday(), Items: len(byDay[i]), Concepts: conceptCounts(byDay[i])})
	}
	return b
}

// messages are one for each recipient and channel, or one file where there is
// neither, or no mail server. An address that is none is refused here, on
// record, and holds nobody else; who wants no more is left out.
func (d *Desk) messages(ctx context.Context, p Profile, e store.Edition, compiled Edition, earlier []store.Edition) ([]store.Message, error) {
	list, err := d.channels(p, e, compiled)
	if err != nil {
		return nil, err
	}
	if !d.Mail && len(p.To) > 0 || len(p.To)+len(p.Channels) == 0 {
		msg, err := d.file(p, e, compiled, earlier)
		return append(list, msg), err
	}
	seen := make(map[string]bool)
	for _, to := range p.To {
		msg, wanted, err := d.mail(ctx, p, e, compiled, to)
		if err != nil {
			return nil, err
		}
		if wanted && !seen[msg.Recipient] {
			seen[msg.Recipient] = true
			list = append(list, msg)
		}
	}
	return list, nil
}

// mail is the message to one recipient, if she wants it.
func (d *Desk) mail(ctx context.Context, p Profile, e store.Edition, compiled Edition, to string) (msg store.Message, wanted bool, err error) {
	msg = store.Message{Edition: e.ID, Channel: MailChannel, Recipient: clean(to), State: store.Rendered}
	address, err := ParseAddress(to)
	if err != nil {
		msg.State, msg.Error = store.PermFail, err.Error()
		return msg, true, nil
	}
	msg.Recipient = address.Address
	sub, err := d.Store.Subscription(ctx, p.ID, address.Address)
	if err != nil || sub.Off {
		return msg, false, err
	}
	env, err := d.envelope(p, e, address.Address)
	if err != nil {
		return msg, false, err
	}
	env.To = address.String()
	if d.Unsubscribe != nil {
		env.Unsubscribe = d.Unsubscribe(sub)
	}
	msg.MessageID = "<" + env.MessageID + ">"
	msg.Body, err = d.packed(compiled, env)
	return msg, true, err
}

// packed renders, packs and signs.
func (d *Desk) packed(e Edition, env Envelope) ([]byte, error) {
	m, err := RenderFor(e, env.Unsubscribe)
	if err != nil {
		return nil, err
	}
	body, err := Pack(m, env)
	if err != nil || d.Signature == nil {
		return body, err
	}
	return d.Signature.Sign(body)
}

func (d *Desk) file(p Profile, e store.Edition, compiled Edition, earlier []store.Edition) (store.Message, error) {
	name := fileName(p, e.To, earlier)
	msg := store.Message{Edition: e.ID, Channel: FileChannel, Recipient: name, State: store.Rendered}
	if p.From == "" {
		p.From = "Silkwire <silkwire@localhost>"
	}
	env, err := d.envelope(p, e, name)
	if err != nil {
		return msg, err
	}
	m, err := Render(compiled)
	if err != nil {
		return msg, err
	}
	msg.MessageID = "<" + env.MessageID + ">"
	msg.Body, err = Pack(m, env)
	return msg, err
}

// channels are the messages that do not go by mail.
func (d *Desk) channels(p Profile, e store.Edition, compiled Edition) ([]store.Message, error) {
	var list []store.Message
	for _, c := range p.Channels {
		body, err := channelBody(c.Kind, e, compiled)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", c.Name, err)
		}
		list = append(list, store.Message{
			Edition: e.ID, Channel: c.Kind, Recipient: c.Name, State: store.Rendered, MessageID: messageID(e.ID, c.Name), Body: body,
		})
	}
	return list, nil
}

func channelBody(kind string, e store.Edition, compiled Edition) ([]byte, error) {
	switch kind {
	case WebhookChannel:
		m, err := Render(compiled)
		if err != nil {
			return nil, err
		}
		return hookBody(m, e.Compiled)
	case TelegramChannel:
		return telegramBody(compiled)
	}
	return nil, fmt.Errorf("nothing is known of the kind %q", kind)
}

// messageID is the same whenever it is made for an edition and a recipient.
func messageID(edition, recipient string) string {
	sum := sha256.Sum256([]byte(edition + "\n" + recipient))
	return edition + "." + hex.EncodeToString(sum[:6])
}

// envelope is the same whenever it is made for an edition and a recipient.
func (d *Desk) envelope(p Profile, e store.Edition, recipient string) (Envelope, error) {
	from, err := ParseAddress(p.From)
	if err != nil {
		return Envelope{}, fmt.Errorf("the sender %q: %w", p.From, err)
	}
	id := messageID(e.ID, recipient) + "@" + domainOf(from.Address)
	return Envelope{From: p.From, MessageID: id, Date: e.Rendered.In(p.zone()), List: p.ID}, nil
}

// fileName is the day and the profile, with the time where an earlier edition
// of the day has that name.
func fileName(p Profile, to time.Time, earlier []store.Edition) string {
	profile := strings.Trim(strings.ReplaceAll(token(p.ID), "@", "-"), ".")
	to = to.In(p.zone())
	name := to.Format(time.DateOnly) + "-" + profile
	for _, e := range earlier {
		if slices.ContainsFunc(e.Messages, func(m store.Message) bool { return m.Recipient == name }) {
			return to.Format(time.DateOnly+"-150405") + "-" + profile
		}
	}
	return name
}
