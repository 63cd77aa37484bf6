package config

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// ProfileKeys are the keys of a digest that is written on the desk, in the order
// of a form. Where its files go is for the operator to say.
var ProfileKeys = []string{
	"id", "schedule", "timezone", "to", "channels", "query", "group", "labels", "max_stories", "when_empty", "catch_up",
}

// listed are the keys with several values, one a line or with commas.
var listed = []string{"to", "channels"}

// ProfileText writes the fields of a form as a digest in the grammar of the
// file, one key a line. An empty field is its default.
func ProfileText(fields map[string]string) []byte {
	var p printer
	p.open(0, "digests")
	p.line(1, "- id: %s", scalar(strings.TrimSpace(fields["id"])))
	for _, key := range ProfileKeys[1:] {
		value := strings.TrimSpace(strings.ToValidUTF8(fields[key], "\uFFFD"))
		switch {
		case value == "":
		case slices.Contains(listed, key):
			p.list(2, key, entries(value))
		case key == "max_stories" && plainNumber.MatchString(value):
			p.line(2, "%s: %s", key, value)
		default:
			p.text(2, key, value)
		}
	}
	return p.out.Bytes()
}

// entries are the values of a list, one a line or with commas.
func entries(value string) (list []string) {
	for _, v := range strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' }) {
		if v = strings.TrimSpace(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}

// ParseProfile reads a digest that was written on the desk, under a
// configuration whose channels it may name. Its mistakes are by field.
func ParseProfile(content []byte, base *Config, v Validators) (Digest, map[string]string) {
	r := newReader("profile", v)
	r.cfg.Channels, r.cfg.SMTP = base.Channels, base.SMTP
	r.read(content)
	r.cfg.Channels, r.channels = base.Channels, nil
	for i := range r.digests {
		r.checkDigest(i)
	}
	mistakes := map[string]string{}
	lines := bytes.Split(content, []byte("\n"))
	for _, m := range r.mistakes.sorted() {
		key := keyOf(lines, m.Line)
		if mistakes[key] == "" {
			mistakes[key] = strings.TrimPrefix(m.Msg, key+": ") // the field says it
		}
	}
	if len(r.cfg.Digests) != 1 {
		mistakes["id"] = "a profile is one digest"
		return Digest{}, mistakes
	}
	d := r.cfg.Digests[0]
	switch taken := slices.ContainsFunc(base.Digests, func(o Digest) bool { return o.ID == d.ID }); {
	case mistakes["id"] != "":
	case d.ID == "":
		mistakes["id"] = "a profile needs a name"
	case taken || d.ID == OperatorID:
		mistakes["id"] = "the configuration has a digest of this name; choose another"
	}
	return d, mistakes
}

// keyOf is the key that stands in a line, "id" where there is none.
func keyOf(lines [][]byte, line int) string {
	if line >= 1 && line <= len(lines) {
		key, _, _ := strings.Cut(strings.TrimLeft(string(lines[line-1]), " -"), ":")
		if slices.Contains(ProfileKeys, key) {
			return key
		}
	}
	return "id"
}

// ProfileFields are a digest as a form shows it.
func ProfileFields(d Digest) map[string]string {
	return map[string]string{
		"id": d.ID, "schedule": d.Schedule, "timezone": d.Timezone, "to": strings.Join(d.To, "\n"), "channels": strings.Join(d.Channels, "\n"),
		"query": d.Query, "group": d.Group, "labels": d.Labels, "max_stories": strconv.Itoa(d.MaxStories), "when_empty": d.WhenEmpty, "catch_up": d.CatchUp,
	}
}

// NewProfileFields are those of a profile of which nothing is said yet.
func NewProfileFields() map[string]string { return ProfileFields(newDigest()) }

// ErrNoProfile says that there is no profile of this name to be changed.
var ErrNoProfile = errors.New("there is no profile of this name that can be changed here")
