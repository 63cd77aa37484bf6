package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/store"
)

func editionStories() map[string]story {
	return map[string]story{
		"an edition comes back as it was frozen":                   editionComesBack,
		"a second freeze changes nothing":                          freezeOnce,
		"freezing and telling are one step":                        freezeTells,
		"told is of a profile and of the newest edition":           toldNewest,
		"the outbox has the open messages, oldest first":           outboxOrder,
		"a delivery changes the state of one message, never bytes": deliverStates,
		"a message that was never frozen cannot be delivered":      deliverUnknown,
		"editions are listed newest first, by profile":             editionsListed,
		"an edition with two messages to one recipient is refused": sameRecipientTwice,
		"an edition without messages is remembered all the same":   noMessages,
	}
}

func edition(id, profile string, rendered time.Time, recipients ...string) store.Edition {
	e := store.Edition{
		ID: id, Profile: profile, From: rendered.Add(-24 * time.Hour), To: rendered, Rendered: rendered,
		Subject: "Edition " + id, Stories: 2, Compiled: []byte(`{"stories":["` + id + `"]}`),
		Told: []store.Told{{Item: "item-1", Edition: id, Revision: 1}, {Item: "item-" + news.ItemID(id), Edition: id}},
	}
	for i, to := range recipients {
		e.Messages = append(e.Messages, store.Message{
			Edition: id, Channel: "mail", Recipient: to, MessageID: fmt.Sprintf("<%s.%d@silkwire>", id, i),
			Body: []byte("To: " + to + "\r\n\r\n" + id), State: store.Rendered,
		})
	}
	return e
}

func freeze(t *testing.T, s store.Store, e store.Edition) {
	t.Helper()
	if err := s.Freeze(context.Background(), e); err != nil {
		t.Fatal(err)
	}
}

func readEdition(t *testing.T, s store.Store, id string) store.Edition {
	t.Helper()
	e, err := s.Edition(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func outbox(t *testing.T, s store.Store) []store.Message {
	t.Helper()
	list, err := s.Outbox(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// withoutBodies is the edition as pages see it.
func withoutBodies(e store.Edition) store.Edition {
	e.Messages = slices.Clone(e.Messages)
	for i := range e.Messages {
		e.Messages[i].Body = nil
	}
	return e
}

func editionComesBack(t *testing.T, s store.Store) {
	e := edition("e1", "daily", noon(), "z@reader.example", "a@reader.example", "m@reader.example")
	freeze(t, s, e)
	got := readEdition(t, s, "e1")
	got.Told = e.Told // an implementation may leave it out
	same(t, withoutBodies(e), got)
	if _, err := s.Edition(context.Background(), "e2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	check(t, s)
}

func freezeOnce(t *testing.T, s store.Store) {
	freeze(t, s, edition("e1", "daily", noon(), "a@reader.example"))
	again := edition("e1", "daily", noon().Add(time.Hour), "a@reader.example", "b@reader.example")
	again.Told = append(again.Told, store.Told{Item: "item-9"})
	if err := s.Freeze(context.Background(), again); !errors.Is(err, store.ErrExists) { // M8
		t.Fatalf("%v, want ErrExists", err)
	}
	same(t, 1, len(outbox(t, s)))
	same(t, noon(), readEdition(t, s, "e1").Rendered)
	told, err := s.Told(context.Background(), "daily", []news.ItemID{"item-9"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, 0, len(told))
}

func freezeTells(t *testing.T, s store.Store) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Freeze(cancelled, edition("e1", "daily", noon(), "a@reader.example")); err == nil {
		t.Fatal("a cancelled Freeze succeeded")
	}
	ids := []news.ItemID{"item-1", "item-e1", "item-2"}
	told, err := s.Told(context.Background(), "daily", ids)
	if err != nil {
		t.Fatal(err)
	}
	same(t, 0, len(told)+len(outbox(t, s)))
	freeze(t, s, edition("e1", "daily", noon(), "a@reader.example"))
	if told, err = s.Told(context.Background(), "daily", ids); err != nil {
		t.Fatal(err)
	}
	same(t, map[news.ItemID]store.Told{
		"item-1": {Item: "item-1", Edition: "e1", Revision: 1}, "item-e1": {Item: "item-e1", Edition: "e1"},
	}, told)
	same(t, 1, len(outbox(t, s)))
}

func toldNewest(t *testing.T, s store.Store) {
	freeze(t, s, edition("e1", "daily", noon()))
	second := edition("e2", "daily", noon().Add(24*time.Hour))
	second.Told = []store.Told{{Item: "item-1", Revision: 4}}
	freeze(t, s, second)
	freeze(t, s, edition("e3", "weekly", noon().Add(48*time.Hour)))
	told, err := s.Told(context.Background(), "daily", []news.ItemID{"item-1", "item-e3"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[news.ItemID]store.Told{"item-1": {Item: "item-1", Edition: "e2", Revision: 4}}, told)
}

func outboxOrder(t *testing.T, s store.Store) {
	freeze(t, s, edition("b", "daily", noon().Add(time.Hour), "late@reader.example"))
	freeze(t, s, edition("c", "daily", noon(), "z@reader.example", "a@reader.example"))
	var got []string
	for _, m := range outbox(t, s) {
		got = append(got, m.Recipient+" "+string(m.Body))
	}
	same(t, []string{
		"z@reader.example To: z@reader.example\r\n\r\nc", "a@reader.example To: a@reader.example\r\n\r\nc",
		"late@reader.example To: late@reader.example\r\n\r\nb",
	}, got)
}

func deliverStates(t *testing.T, s store.Store) {
	freeze(t, s, edition("e1", "daily", noon(), "a@reader.example", "b@reader.example"))
	frozen := outbox(t, s)
	m := frozen[0]
	for i, step := range []struct {
		state store.DeliveryState
		open  int
	}{
		{store.Sending, 2}, {store.TempFail, 2}, {store.Sending, 2}, {store.Accepted, 1},
		{store.Accepted, 1}, {store.TempFail, 2}, {store.Dead, 1}, {store.PermFail, 1},
	} {
		m.State, m.Attempts, m.Tried, m.Next, m.Error = step.state, i, noon().Add(time.Minute), noon().Add(time.Hour), "step"
		m.Body = []byte("other bytes")
		if err := s.Deliver(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		open := outbox(t, s)
		same(t, step.open, len(open))
		got := readEdition(t, s, "e1").Messages
		want := m
		want.Body = nil
		same(t, want, got[0])
		same(t, store.Rendered, got[1].State)
		if step.open == 2 {
			same(t, frozen[0].Body, open[0].Body)
		}
		check(t, s)
	}
}

func deliverUnknown(t *testing.T, s store.Store) {
	freeze(t, s, edition("e1", "daily", noon(), "a@reader.example"))
	for _, m := range []store.Message{
		{Edition: "e2", Channel: "mail", Recipient: "a@reader.example"},
		{Edition: "e1", Channel: "file", Recipient: "a@reader.example"},
		{Edition: "e1", Channel: "mail", Recipient: "b@reader.example"},
	} {
		m.State = store.Accepted
		if err := s.Deliver(context.Background(), m); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
	}
	same(t, 1, len(outbox(t, s)))
}

func editionsListed(t *testing.T, s store.Store) {
	for i := range 6 {
		profile := []string{"daily", "weekly"}[i%2]
		freeze(t, s, edition(fmt.Sprint("e", i), profile, noon().Add(time.Duration(-i)*time.Hour), "a@reader.example"))
	}
	for _, c := range []struct {
		profile string
		n       int
		want    []string
	}{{"", 3, []string{"e0", "e1", "e2"}}, {"weekly", 10, []string{"e1", "e3", "e5"}}, {"nobody", 10, nil}} {
		list, err := s.EditionList(context.Background(), c.profile, c.n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range list {
			got = append(got, e.ID)
			same(t, 0, len(e.Compiled)+len(e.Told)+len(e.Messages[0].Body))
			same(t, "Edition "+e.ID, e.Subject)
			same(t, store.Rendered, e.Messages[0].State)
		}
		same(t, c.want, got)
	}
}

func sameRecipientTwice(t *testing.T, s store.Store) {
	if err := s.Freeze(context.Background(), edition("e1", "daily", noon(), "a@reader.example", "a@reader.example")); err == nil {
		t.Error("it was frozen")
	}
	same(t, 0, len(outbox(t, s)))
}

func noMessages(t *testing.T, s store.Store) {
	freeze(t, s, edition("e1", "daily", noon()))
	same(t, 0, len(readEdition(t, s, "e1").Messages))
	if err := s.Freeze(context.Background(), edition("e1", "daily", noon())); !errors.Is(err, store.ErrExists) {
		t.Errorf("%v, want ErrExists", err)
	}
}
