package storetest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"silkwire/store"
)

func readerStories() map[string]story {
	return map[string]story{
		"whoever said nothing is subscribed":            nothingSaid,
		"a decision comes back and is replaced":         decisionKept,
		"a secret is made once":                         secretOnce,
		"a profile of the desk comes back as it was":    profileKept,
		"a message comes back with its bytes when done": messageComesBack,
	}
}

func nothingSaid(t *testing.T, s store.Store) {
	got, err := s.Subscription(context.Background(), "daily", "a@reader.example")
	if err != nil {
		t.Fatal(err)
	}
	same(t, store.Subscription{Profile: "daily", Recipient: "a@reader.example"}, got)
}

func decisionKept(t *testing.T, s store.Store) {
	ctx := context.Background()
	put := func(sub store.Subscription) {
		t.Helper()
		if err := s.PutSubscription(ctx, sub); err != nil {
			t.Fatal(err)
		}
	}
	off := store.Subscription{Profile: "daily", Recipient: "a@reader.example", Off: true, Changed: noon()}
	other := store.Subscription{Profile: "daily", Recipient: "b@reader.example", Off: true, Changed: noon()}
	on := store.Subscription{Profile: "daily", Recipient: "a@reader.example", Generation: 1, Changed: noon().Add(time.Hour)}
	put(off)
	put(other)
	put(on)
	got, err := s.Subscription(ctx, "daily", "a@reader.example")
	if err != nil {
		t.Fatal(err)
	}
	same(t, on, got)
	if got, err = s.Subscription(ctx, "weekly", "a@reader.example"); err != nil || got.Generation != 0 {
		t.Errorf("another profile: %+v %v", got, err)
	}
	all, err := s.Subscriptions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []store.Subscription{on, other}, all)
	check(t, s)
}

func secretOnce(t *testing.T, s store.Store) {
	ctx := context.Background()
	first, err := s.Secret(ctx, "unsubscribe")
	if err != nil || len(first) != 32 {
		t.Fatalf("%x %v", first, err)
	}
	again, err := s.Secret(ctx, "unsubscribe")
	if err != nil {
		t.Fatal(err)
	}
	same(t, first, again)
	other, err := s.Secret(ctx, "other")
	if err != nil || bytes.Equal(first, other) {
		t.Errorf("two names, one secret (%v)", err)
	}
	check(t, s)
}

func profileKept(t *testing.T, s store.Store) {
	ctx := context.Background()
	for _, p := range []store.Profile{
		{ID: "weekly", Content: []byte("a"), Changed: noon()},
		{ID: "china", Content: []byte("b"), By: "an analyst", Changed: noon()},
		{ID: "weekly", Content: []byte("c"), Paused: true, Changed: noon().Add(time.Hour)},
	} {
		if err := s.PutProfile(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Profiles(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []store.Profile{
		{ID: "china", Content: []byte("b"), By: "an analyst", Changed: noon()},
		{ID: "weekly", Content: []byte("c"), Paused: true, Changed: noon().Add(time.Hour)},
	}, got)
	check(t, s)
}

func messageComesBack(t *testing.T, s store.Store) { // what resend sends
	ctx := context.Background()
	e := edition("e1", "daily", noon(), "a@reader.example", "b@reader.example")
	freeze(t, s, e)
	m := e.Messages[1]
	m.State = store.Accepted
	deliver(t, s, m)
	got, err := s.Message(ctx, "e1", "mail", "b@reader.example")
	if err != nil {
		t.Fatal(err)
	}
	same(t, m, got)
	got.State = store.Rendered
	deliver(t, s, got)
	if open := outbox(t, s); len(open) != 2 || string(open[1].Body) != string(e.Messages[1].Body) {
		t.Errorf("a message that is to go out again: %d open", len(open))
	}
	if _, err := s.Message(ctx, "e1", "mail", "c@reader.example"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	check(t, s)
}

func deliver(t *testing.T, s store.Store, m store.Message) {
	t.Helper()
	if err := s.Deliver(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}
