package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"silkwire/config"
	"silkwire/store"
)

// deskOf is an app on an archive with one item, as a daemon has it.
func deskOf(t *testing.T) (*app, profiles) {
	t.Helper()
	s := newSite(t)
	s.withItem(t, time.Now().Add(-time.Hour))
	a, err := newApp(s.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.learn(); err != nil {
		t.Fatal(err)
	}
	return a, profiles{a}
}

func TestAProfileOfTheDeskIsIssuedLikeOneOfTheFile(t *testing.T) {
	a, p := deskOf(t)
	ctx := t.Context()
	fields := config.NewProfileFields()
	fields["id"], fields["query"], fields["to"] = "grants", "scholarships", "analyst@example.org"
	save := func(fresh bool) map[string]string {
		t.Helper()
		mistakes, err := p.Save(ctx, fields, fresh, "an-analyst")
		if err != nil {
			t.Fatal(err)
		}
		return mistakes
	}
	if m := save(true); len(m) > 0 {
		t.Fatal(m)
	}
	if m := save(true); !strings.Contains(m["id"], "already") {
		t.Errorf("a second one of its name: %v", m)
	}
	if _, err := digestNamed(a.cfg.Load(), "grants"); err != nil {
		t.Errorf("the daemon does not work by it: %v", err)
	}
	subject, content, mistakes, err := p.Preview(ctx, fields)
	if err != nil || len(mistakes) > 0 || !strings.Contains(subject, "1 story") || !strings.Contains(string(content), "200 scholarships") {
		t.Errorf("the preview: %q %v %v", subject, mistakes, err)
	}
	if err := p.Pause(ctx, "grants", true, "another"); err != nil {
		t.Fatal(err)
	}
	if _, err := digestNamed(a.cfg.Load(), "grants"); err == nil {
		t.Error("it is paused, and yet issued")
	}
	list, err := p.Profiles(ctx)
	if err != nil || len(list) != 2 || !list[0].Fixed || list[1].Fixed || !list[1].Paused || list[1].By != "another" || list[1].Next.IsZero() {
		t.Errorf("%+v %v", list, err)
	}
}

func TestTheDeskCannotChangeWhatStandsInTheFile(t *testing.T) {
	_, p := deskOf(t)
	fields := config.NewProfileFields()
	fields["id"] = "daily"
	for _, fresh := range []bool{true, false} {
		if m, err := p.Save(t.Context(), fields, fresh, "x"); err != nil || m["id"] == "" {
			t.Errorf("%v %v", m, err)
		}
	}
	if err := p.Pause(t.Context(), "daily", true, "x"); err == nil {
		t.Error("it was paused")
	}
	fields["id"], fields["query"] = "mine", "actor:chna"
	if m, err := p.Save(t.Context(), fields, true, "x"); err != nil || !strings.Contains(m["query"], "china") {
		t.Errorf("a concept that there is not: %v %v", m, err)
	}
}

func TestAProfileThatIsNoneAnyMoreStopsNobody(t *testing.T) {
	a, p := deskOf(t)
	broken := store.Profile{ID: "old", Content: []byte("digests:\n  - id: old\n    query: \"actor:a-concept-that-was\"\n")}
	if err := a.store.PutProfile(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
	if err := a.learn(); err != nil {
		t.Fatal(err)
	}
	if len(a.cfg.Load().Digests) != 1 {
		t.Errorf("%d digests", len(a.cfg.Load().Digests))
	}
	list, err := p.Profiles(t.Context())
	if err != nil || len(list) != 2 || !strings.HasPrefix(list[1].Broken, "query: ") || list[1].Fields["id"] != "old" {
		t.Errorf("%+v %v", list, err)
	}
}
