package digest

import (
	"errors"
	"strings"
	"testing"

	"silkwire/store"
)

func TestALinkOutOfTheListNamesItsReaderAndCannotBeForged(t *testing.T) { // M23
	key := []byte("the archive's own secret")
	sub := store.Subscription{Profile: "daily", Recipient: "reader@desk.example", Generation: 3}
	token := UnsubscribeToken(key, sub)
	if got, err := ReadUnsubscribeToken(key, token); err != nil || got != sub {
		t.Fatalf("%+v %v", got, err)
	}
	if strings.ContainsAny(token, "/?#%+= ") {
		t.Errorf("%q needs quoting in an address", token)
	}
	head, proof, _ := strings.Cut(token, ".")
	other := UnsubscribeToken(key, store.Subscription{Profile: "daily", Recipient: "victim@desk.example", Generation: 3})
	otherHead, _, _ := strings.Cut(other, ".")
	for name, forged := range map[string]string{
		"empty": "", "no proof": head, "another's name": otherHead + "." + proof, "another proof": head + "." + strings.Repeat("A", len(proof)),
		"another key": UnsubscribeToken([]byte("guessed"), sub), "cut": token[:len(token)-2], "with an end": token + "A",
	} {
		if got, err := ReadUnsubscribeToken(key, forged); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestWhoLeftGetsNoMoreAndAnEditionStays(t *testing.T) { // M23
	d, a, w := stage(t)
	key := []byte("k")
	d.Unsubscribe = func(s store.Subscription) string {
		return "https://silkwire.example/unsubscribe/" + UnsubscribeToken(key, s)
	}
	a.off = []store.Subscription{{Profile: "daily", Recipient: "gone@desk.example", Off: true}, {Profile: "daily", Recipient: "back@desk.example", Generation: 2}}
	office := new(postOffice).open(t, nil)
	e := issue(t, d, daily("gone@desk.example", "Back <back@desk.example>", "stays@desk.example"), closing())
	deliver(t, courier(a, w, office.plain()))
	if len(e.Messages) != 2 || len(office.got("gone@desk.example")) != 0 || len(office.got("stays@desk.example")) != 1 {
		t.Fatalf("%+v", e.Messages)
	}
	m := unpack(t, []byte(office.got("back@desk.example")[0]))
	link := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
	sub, err := ReadUnsubscribeToken(key, link[strings.LastIndexByte(link, '/')+1:])
	if err != nil || sub.Recipient != "back@desk.example" || sub.Generation != 2 || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("%q: %+v %v", link, sub, err)
	}
	plain, html, err := parts([]byte(office.got("back@desk.example")[0]))
	if err != nil || !strings.Contains(string(plain), link) || !strings.Contains(string(html), link) {
		t.Errorf("the mail itself does not show the way out: %v", err)
	}
	a.off = []store.Subscription{{Profile: "daily", Recipient: "gone@desk.example", Off: true}}
	w.pass(24 * 60 * 60 * 1e9)
	p := daily("gone@desk.example")
	p.WhenEmpty = Send
	if alone := issue(t, d, p, closing().Add(24*60*60*1e9)); len(alone.Messages) != 0 {
		t.Errorf("nobody is left, and yet: %+v", alone.Messages)
	}
}
