package digest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheOperatorIsToldAtMostOnceADay(t *testing.T) {
	d, a, w := stage(t)
	office := new(postOffice).open(t, nil)
	p := daily("ops@desk.example")
	c := courier(a, w, office.plain())
	tell := func(troubles ...string) {
		t.Helper()
		if err := d.Alarm(context.Background(), p, troubles); err != nil {
			t.Fatal(err)
		}
		deliver(t, c)
	}
	tell()
	if n := len(office.got("ops@desk.example")); n != 0 {
		t.Fatalf("%d mails about nothing", n)
	}
	var days []int
	for hour := range 72 { // asked every hour, broken all the time
		tell("the digest daily was not issued: no room", "100 MB are free on the disk of the archive")
		if n := len(office.got("ops@desk.example")); len(days) < n {
			days = append(days, hour)
		}
		w.pass(time.Hour)
	}
	if got := fmt.Sprint(days); got != "[0 24 48]" {
		t.Errorf("told in the hours %s", got)
	}
	m := unpack(t, []byte(office.got("ops@desk.example")[0]))
	if s := m.Header.Get("Subject"); s != "Silkwire: 2 things are broken; the digest daily was not issued: no room" {
		t.Errorf("%q", s)
	}
	plain, _, err := parts([]byte(office.got("ops@desk.example")[0]))
	if err != nil || !strings.Contains(string(plain), "! 100 MB are free on the disk of the archive") {
		t.Errorf("%v\n%s", err, plain)
	}
}

func TestWhatTheOperatorIsToldIsNoDigestsMemory(t *testing.T) {
	d, a, _ := stage(t)
	if err := d.Alarm(context.Background(), daily("ops@desk.example"), []string{"x"}); err != nil {
		t.Fatal(err)
	}
	e := issue(t, d, daily("a@desk.example"), closing())
	if e.Stories == 0 || len(a.editions) != 2 || a.editions[0].Told != nil {
		t.Errorf("%d stories, %d editions", e.Stories, len(a.editions))
	}
}
