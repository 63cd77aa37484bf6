package main

import (
	"context"
	"html/template"
	"slices"
	"time"

	"silkwire/config"
	"silkwire/digest"
	"silkwire/store"
	"silkwire/web"
)

// profiles are the digests of the configuration and of the desk, as the pages
// list and change them. Both are read by the same parser.
type profiles struct {
	app *app
}

// withProfiles is a configuration with the digests that were added on the desk
// and are not paused. One that is no digest any more, because a channel or a
// concept it names is gone, is left out: its page says why.
func (a *app) withProfiles(ctx context.Context, cfg *config.Config) (*config.Config, error) {
	stored, err := a.store.Profiles(ctx)
	if err != nil || len(stored) == 0 {
		return cfg, err
	}
	whole := *cfg
	whole.Digests = slices.Clone(cfg.Digests)
	for _, p := range stored {
		d, mistakes := config.ParseProfile(p.Content, cfg, validators(a.tax))
		if len(mistakes) > 0 {
			a.log.Warn("a profile of the desk cannot be issued", "profile", p.ID, "mistakes", mistakes)
			continue
		}
		if !p.Paused {
			whole.Digests = append(whole.Digests, d)
		}
	}
	return &whole, nil
}

// Profiles keeps the promise of [web.Profiles].
func (p profiles) Profiles(ctx context.Context) ([]web.Profile, error) {
	file := p.app.file.Load()
	var list []web.Profile
	for i := range file.Digests {
		list = append(list, web.Profile{Fields: config.ProfileFields(file.Digests[i]), Fixed: true, Next: nextIssue(&file.Digests[i])})
	}
	stored, err := p.app.store.Profiles(ctx)
	for _, s := range stored {
		d, mistakes := config.ParseProfile(s.Content, file, validators(p.app.tax))
		one := web.Profile{Fields: config.ProfileFields(d), Paused: s.Paused, By: s.By, Changed: s.Changed, Next: nextIssue(&d)}
		one.Fields["id"] = s.ID
		for _, key := range config.ProfileKeys {
			if m := mistakes[key]; m != "" && one.Broken == "" {
				one.Broken = key + ": " + m
			}
		}
		list = append(list, one)
	}
	return list, err
}

// nextIssue is when a digest is due; the zero time where that cannot be told.
func nextIssue(d *config.Digest) time.Time {
	schedule, err := digestSchedule(d)
	if err != nil {
		return time.Time{}
	}
	return schedule.Next(time.Now())
}

// Save keeps the promise of [web.Profiles].
func (p profiles) Save(ctx context.Context, fields map[string]string, fresh bool, by string) (map[string]string, error) {
	content := config.ProfileText(fields)
	d, mistakes := config.ParseProfile(content, p.app.file.Load(), validators(p.app.tax))
	if len(mistakes) > 0 {
		return mistakes, nil
	}
	before, known, err := p.stored(ctx, d.ID)
	switch {
	case err != nil:
		return nil, err
	case known && fresh:
		return map[string]string{"id": "there is a profile of this name already"}, nil
	case !known && !fresh:
		return map[string]string{"id": config.ErrNoProfile.Error()}, nil
	}
	return nil, p.put(ctx, store.Profile{ID: d.ID, Content: content, Paused: before.Paused, By: by, Changed: time.Now()})
}

// Pause keeps the promise of [web.Profiles].
func (p profiles) Pause(ctx context.Context, id string, paused bool, by string) error {
	before, known, err := p.stored(ctx, id)
	if err != nil {
		return err
	}
	if !known {
		return config.ErrNoProfile
	}
	before.Paused, before.By, before.Changed = paused, by, time.Now()
	return p.put(ctx, before)
}

// put keeps a profile, and has everybody work by it.
func (p profiles) put(ctx context.Context, s store.Profile) error {
	if err := p.app.store.PutProfile(ctx, s); err != nil {
		return err
	}
	return p.app.reconsider(ctx)
}

func (p profiles) stored(ctx context.Context, id string) (store.Profile, bool, error) {
	list, err := p.app.store.Profiles(ctx)
	i := slices.IndexFunc(list, func(s store.Profile) bool { return s.ID == id })
	if err != nil || i < 0 {
		return store.Profile{}, false, err
	}
	return list[i], true, nil
}

// Preview keeps the promise of [web.Profiles].
func (p profiles) Preview(ctx context.Context, fields map[string]string) (string, template.HTML, map[string]string, error) {
	d, mistakes := config.ParseProfile(config.ProfileText(fields), p.app.file.Load(), validators(p.app.tax))
	if len(mistakes) > 0 {
		return "", "", mistakes, nil
	}
	profile, err := p.app.profile(p.app.cfg.Load(), &d)
	if err != nil {
		return "", "", nil, err
	}
	office, err := p.app.postOffice()
	if err != nil {
		return "", "", nil, err
	}
	e, _, err := office.current(ctx).Preview(ctx, profile, time.Now())
	if err != nil {
		return "", "", nil, err
	}
	html, err := digest.FragmentOf(e)
	return e.Subject, html, nil, err
}
