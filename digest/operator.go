package digest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"silkwire/store"
)

// OperatorProfile is the profile of what the operator is told. No digest may
// have its name.
const OperatorProfile = "operator"

// quietDay is how long the operator is left alone after a mail.
const quietDay = 24 * time.Hour

// Alarm freezes a mail to the operator about what is broken, as an edition like
// any other. It does nothing when nothing is broken, or when the last such mail
// is not a day old.
func (d *Desk) Alarm(ctx context.Context, p Profile, troubles []string) error {
	now := d.Now()
	last, err := d.Store.EditionList(ctx, OperatorProfile, 1)
	if err != nil || len(troubles) == 0 || len(last) > 0 && now.Sub(last[0].Rendered).Abs() < quietDay {
		return err
	}
	p.ID = OperatorProfile
	e := alarm(p, troubles, now)
	compiled, err := json.Marshal(e)
	if err != nil {
		return err
	}
	frozen := store.Edition{ID: e.ID, Profile: OperatorProfile, From: e.From, To: e.To, Rendered: now, Subject: e.Subject, Compiled: compiled}
	if frozen.Messages, err = d.messages(ctx, p, frozen, e, last); err != nil {
		return fmt.Errorf("tell the operator: %w", err)
	}
	if err = d.Store.Freeze(ctx, frozen); errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// alarm is the edition that says what is broken. It is English, as logs are.
func alarm(p Profile, troubles []string, now time.Time) Edition {
	w := english()
	local := now.In(p.zone())
	things := w.count(len(troubles), []string{"thing is", "things are"}) + " broken"
	e := Edition{
		ID: EditionID(OperatorProfile, now), Profile: OperatorProfile, Lang: w.lang.String(), From: now.Add(-quietDay).UTC(), To: now.UTC(), Made: now.UTC(),
		Subject: cut("Silkwire: "+things+"; "+clean(troubles[0]), 120), Title: w.date(local), Headline: []string{capital(things) + "."},
		Coverage: &Coverage{Title: "What is broken"}, URLWord: "The status page", Leave: w.leave,
		Footer: []string{"As of " + w.moment(local) + ". This mail comes at most once a day, and only while something is broken."},
	}
	for _, t := range troubles {
		e.Coverage.Lines = append(e.Coverage.Lines, cut(clean(t), 500))
	}
	if p.BaseURL != "" {
		e.URL = strings.TrimSuffix(p.BaseURL, "/") + "/status"
	}
	return e
}
