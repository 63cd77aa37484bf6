package web

import (
	"html/template"
	"net/http"
	"net/url"

	"silkwire/store"
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
}

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
	p := &editionsPage{frame: frame{Title: "Digests", Section: "editions"}}
	for i := range list {
		p.Editions = append(p.Editions, s.editionRow(&list[i]))
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
	if s.Edition == nil {
		return p, nil
	}
	if p.Content, err = s.Edition(e); err != nil {
		s.Log.Error("a digest cannot be shown", "request", idOf(r), "edition", e.ID, "error", err)
		p.Broken = "The content of this digest cannot be shown; the log says why. What was delivered is not touched by this."
	}
	return p, nil
}

func (s *Server) editionRow(e *store.Edition) editionRow {
	subject := oneLine(e.Subject, 200)
	if subject == "" {
		subject = "Digest " + oneLine(e.Profile, 60)
	}
	return editionRow{
		Href: editionHref(e.ID), Profile: oneLine(e.Profile, 60), Subject: subject, Rendered: s.stamp(e.Rendered),
		From: s.stamp(e.From), To: s.stamp(e.To), Stories: e.Stories, Deliveries: deliveryCounts(e.Messages),
	}
}

func (s *Server) delivery(m *store.Message) delivery {
	d := delivery{
		Channel: channelName(m.Channel), Recipient: oneLine(m.Recipient, 200), Word: deliveryWord(m.State, m.Channel), Bad: isBad(m.State),
		Attempts: m.Attempts, Tried: s.stamp(m.Tried), Error: oneLine(m.Error, 400), MessageID: oneLine(m.MessageID, 200),
	}
	if m.State.Open() {
		d.Next = s.stamp(m.Next)
	}
	return d
}

func channelName(channel string) string {
	switch channel {
	case "mail":
		return "mail"
	case "file":
		return "file"
	}
	return oneLine(channel, 20)
}

func isBad(state store.DeliveryState) bool { return state == store.PermFail || state == store.Dead }

// deliveryWord says how far a message has got.
func deliveryWord(state store.DeliveryState, channel string) string {
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
	return oneLine(string(state), 40)
}

// deliveryCounts sums up deliveries, in the order in which they appear.
func deliveryCounts(messages []store.Message) []deliveryCount {
	var list []deliveryCount
	for i := range messages {
		m := &messages[i]
		word := deliveryWord(m.State, m.Channel)
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
