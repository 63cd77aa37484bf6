package bolt

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"

	bbolt "go.etcd.io/bbolt"

	"silkwire/store"
)

// secretSize is how many random bytes a secret has.
const secretSize = 32

// Subscription keeps the promise of [store.Readers].
func (s *Store) Subscription(ctx context.Context, profile, recipient string) (store.Subscription, error) {
	sub := store.Subscription{Profile: profile, Recipient: recipient}
	err := s.view(ctx, "read a subscription", func(tx *bbolt.Tx) error {
		_, err := getJSON(tx, bucketSubscriptions, joined(profile, recipient), &sub)
		return err
	})
	return sub, err
}

// Subscriptions keeps the promise of [store.Readers].
func (s *Store) Subscriptions(ctx context.Context) ([]store.Subscription, error) {
	var list []store.Subscription
	err := s.view(ctx, "read the subscriptions", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketSubscriptions).ForEach(func(k, v []byte) error {
			var sub store.Subscription
			if err := unsealJSON(v, &sub); err != nil {
				return bad(bucketSubscriptions, k, err)
			}
			list = append(list, sub)
			return nil
		})
	})
	return list, err
}

// PutSubscription keeps the promise of [store.Readers].
func (s *Store) PutSubscription(ctx context.Context, sub store.Subscription) error {
	if strings.ContainsRune(sub.Profile+sub.Recipient, 0) {
		return errors.New("keep a subscription: a zero byte in its name")
	}
	sub.Changed = sub.Changed.UTC()
	return s.update(ctx, "keep a subscription", func(w *writer) error {
		return w.putJSON(bucketSubscriptions, joined(sub.Profile, sub.Recipient), sub)
	})
}

// Secret keeps the promise of [store.Readers].
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	secret, err := s.readSecret(ctx, name)
	if err != nil || secret != nil {
		return secret, err
	}
	err = s.update(ctx, "make the secret "+name, func(w *writer) error {
		if w.Bucket(bucketSecrets).Get([]byte(name)) != nil {
			return nil // somebody was faster
		}
		fresh := make([]byte, secretSize)
		_, _ = rand.Read(fresh)
		return w.put(bucketSecrets, []byte(name), seal(fresh))
	})
	if err != nil {
		return nil, err
	}
	return s.readSecret(ctx, name)
}

// readSecret returns nil where there is none yet.
func (s *Store) readSecret(ctx context.Context, name string) (secret []byte, err error) {
	err = s.view(ctx, "read the secret "+name, func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucketSecrets).Get([]byte(name))
		if v == nil {
			return nil
		}
		payload, err := unseal(v)
		if err != nil {
			return bad(bucketSecrets, []byte(name), err)
		}
		secret = bytes.Clone(payload)
		return nil
	})
	return secret, err
}

// Profiles keeps the promise of [store.Profiles].
func (s *Store) Profiles(ctx context.Context) ([]store.Profile, error) {
	var list []store.Profile
	err := s.view(ctx, "read the profiles", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketProfiles).ForEach(func(k, v []byte) error {
			var p store.Profile
			if err := unsealJSON(v, &p); err != nil {
				return bad(bucketProfiles, k, err)
			}
			list = append(list, p)
			return nil
		})
	})
	return list, err
}

// PutProfile keeps the promise of [store.Profiles].
func (s *Store) PutProfile(ctx context.Context, p store.Profile) error {
	if p.ID == "" {
		return errors.New("keep a profile: it has no id")
	}
	p.Changed = p.Changed.UTC()
	return s.update(ctx, "keep profile "+p.ID, func(w *writer) error {
		return w.putJSON(bucketProfiles, []byte(p.ID), p)
	})
}
