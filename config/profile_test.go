package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAProfileOfAFormIsADigestOfTheFile(t *testing.T) {
	base := mustParse(t, example)
	fields := NewProfileFields()
	fields["id"], fields["to"], fields["channels"] = "china-edu", "a@example.org, b@example.org\r\nc@example.org", "chat"
	fields["query"], fields["max_stories"], fields["schedule"] = "actor:china", "25", "0 8 * * MON"
	d, mistakes := ParseProfile(ProfileText(fields), base, checks)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	want := newDigest()
	want.ID, want.To, want.Channels = "china-edu", []string{"a@example.org", "b@example.org", "c@example.org"}, []string{"chat"}
	want.Query, want.MaxStories, want.Schedule = "actor:china", 25, "0 8 * * MON"
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	again, mistakes := ParseProfile(ProfileText(ProfileFields(d)), base, checks)
	if diff := cmp.Diff(d, again); diff != "" || len(mistakes) > 0 {
		t.Error(diff, mistakes)
	}
}

func TestAMistakeOfAFormStandsAtItsField(t *testing.T) {
	base := mustParse(t, example)
	for key, c := range map[string]struct{ value, says string }{
		"id": {"Not an id!", "is not an id"}, "schedule": {"0 0 30 2 *", "never due"}, "timezone": {"Asia/Tashkant", `did you mean "Asia/Tashkent"?`},
		"to": {"a@example.org\nnobody", "is not a mail address"}, "channels": {"chatt", `did you mean "chat"?`}, "query": {"(china", "bracket"},
		"group": {"color", "one of"}, "labels": {"de", "one of"}, "max_stories": {"0", "between 1 and 1000"}, "when_empty": {"never", "one of"}, "catch_up": {"some", "one of"},
	} {
		fields := NewProfileFields()
		fields["id"] = "mine"
		fields[key] = c.value
		_, mistakes := ParseProfile(ProfileText(fields), base, checks)
		if len(mistakes) != 1 || !strings.Contains(mistakes[key], c.says) {
			t.Errorf("%s %q: %q", key, c.value, mistakes)
		}
	}
	fields := NewProfileFields()
	fields["id"] = "daily"
	if _, mistakes := ParseProfile(ProfileText(fields), base, checks); !strings.Contains(mistakes["id"], "the configuration has a digest of this name") {
		t.Error(mistakes)
	}
	fields["id"] = "operator"
	if _, mistakes := ParseProfile(ProfileText(fields), base, checks); mistakes["id"] == "" {
		t.Error("a profile took the operator's name")
	}
}

func FuzzProfile(f *testing.F) {
	f.Add("mine", "a@example.org\nb: c", "x: [y", "dir: /etc")
	f.Add("- id: x", "}\r\n  dir: /etc", "\"", "#")
	f.Fuzz(func(t *testing.T, id, to, query, schedule string) {
		d, mistakes := ParseProfile(ProfileText(map[string]string{"id": id, "to": to, "query": query, "schedule": schedule}), plain(), Validators{})
		if len(mistakes) > 0 {
			return
		}
		want := strings.TrimSpace(strings.ToValidUTF8(query, "\uFFFD"))
		if want == "" {
			want = newDigest().Query
		}
		if d.Dir != "" || d.ID != strings.TrimSpace(id) || d.Query != want {
			t.Fatalf("%q %q %q %q became %+v", id, to, query, schedule, d)
		}
	})
}
