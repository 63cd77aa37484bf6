package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	bbolt "go.etcd.io/bbolt"

	"silkwire/account"
	"silkwire/store"
)

// User keeps the promise of [store.Accounts].
func (s *Store) User(ctx context.Context, name string) (account.User, error) {
	var u account.User
	err := s.view(ctx, "read user "+name, func(tx *bbolt.Tx) error {
		found, err := getJSON(tx, bucketUsers, []byte(name), &u)
		if err == nil && !found {
			return fmt.Errorf("user %s: %w", name, store.ErrNotFound)
		}
		return err
	})
	return u, err
}

// Users keeps the promise of [store.Accounts].
func (s *Store) Users(ctx context.Context) ([]account.User, error) {
	var list []account.User
	err := s.view(ctx, "read the users", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketUsers).ForEach(func(k, v []byte) error {
			var u account.User
			if err := unsealJSON(v, &u); err != nil {
				return bad(bucketUsers, k, err)
			}
			list = append(list, u)
			return nil
		})
	})
	return list, err
}

// PutUser keeps the promise of [store.Accounts].
func (s *Store) PutUser(ctx context.Context, u account.User, e account.Entry) error {
	if u.Name == "" || strings.ContainsRune(u.Name, 0) {
		return errors.New("keep a user: no name, or one with a zero byte")
	}
	u.Created = u.Created.UTC()
	return s.update(ctx, "keep user "+u.Name, func(w *writer) error {
		was, found, err := w.userAsRead(u)
		if err != nil {
			return err
		}
		u.Version++
		if found {
			e.Before = account.Hash(was)
		}
		e.After = account.Hash(u)
		if err := w.putJSON(bucketUsers, []byte(u.Name), u); err != nil {
			return err
		}
		if u.Role != was.Role || u.Password != was.Password || u.Disabled {
			if err := w.endSessions(u.Name); err != nil {
				return err
			}
		}
		return w.append(e)
	})
}

// userAsRead returns the user that u replaces, unless somebody was faster.
func (w *writer) userAsRead(u account.User) (was account.User, found bool, err error) {
	found, err = getJSON(w.Tx, bucketUsers, []byte(u.Name), &was)
	switch {
	case err != nil:
		return was, found, err
	case found && u.Version == 0:
		return was, found, fmt.Errorf("user %s: %w", u.Name, store.ErrExists)
	case was.Version != u.Version:
		return was, found, fmt.Errorf("user %s: %w", u.Name, store.ErrChanged)
	}
	return was, found, nil
}

func (w *writer) endSessions(user string) error {
	return w.endPasses(func(p account.Pass) bool { return p.User == user && p.Kind == account.Session })
}

// endPasses takes away the passes for which over reports true.
func (w *writer) endPasses(over func(account.Pass) bool) error {
	list, err := passes(w.Tx)
	if err != nil {
		return err
	}
	for _, p := range list {
		if over(p) {
			if err := w.Bucket(bucketPasses).Delete([]byte(p.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Rehash keeps the promise of [store.Accounts].
func (s *Store) Rehash(ctx context.Context, name, before, after string) error {
	return s.update(ctx, "keep a password of "+name, func(w *writer) error {
		var u account.User
		found, err := getJSON(w.Tx, bucketUsers, []byte(name), &u)
		if err != nil {
			return err
		}
		if !found || u.Password != before {
			return fmt.Errorf("user %s: %w", name, store.ErrChanged)
		}
		u.Password = after
		return w.putJSON(bucketUsers, []byte(name), u)
	})
}

// AddPass keeps the promise of [store.Accounts].
func (s *Store) AddPass(ctx context.Context, p account.Pass, version uint64, e account.Entry) error {
	if p.ID == "" {
		return errors.New("keep a pass: it has no id")
	}
	return s.update(ctx, "keep a pass of "+p.User, func(w *writer) error {
		var u account.User
		if _, err := getJSON(w.Tx, bucketUsers, []byte(p.User), &u); err != nil {
			return err
		}
		if u.Version != version || u.Disabled || version == 0 {
			return fmt.Errorf("user %s: %w", p.User, store.ErrChanged)
		}
		if err := w.sweep(p); err != nil {
			return err
		}
		if err := w.putJSON(bucketPasses, []byte(p.ID), p); err != nil {
			return err
		}
		return w.append(e)
	})
}

// sweep makes room for a pass.
func (w *writer) sweep(fresh account.Pass) error {
	if err := w.endPasses(func(p account.Pass) bool { return p.Ended(fresh.Created) }); err != nil {
		return err
	}
	list, err := passes(w.Tx)
	if err != nil || fresh.Kind != account.Session {
		return err
	}
	list = slices.DeleteFunc(list, func(p account.Pass) bool { return p.User != fresh.User || p.Kind != account.Session })
	slices.SortFunc(list, func(a, b account.Pass) int { return b.Seen.Compare(a.Seen) })
	for _, p := range list[min(len(list), account.MostSessions-1):] {
		if err := w.Bucket(bucketPasses).Delete([]byte(p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// passes are all of them.
func passes(tx *bbolt.Tx) ([]account.Pass, error) {
	var list []account.Pass
	err := tx.Bucket(bucketPasses).ForEach(func(k, v []byte) error {
		var p account.Pass
		if err := unsealJSON(v, &p); err != nil {
			return bad(bucketPasses, k, err)
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

// Pass keeps the promise of [store.Accounts].
func (s *Store) Pass(ctx context.Context, id string) (account.Pass, account.User, error) {
	var p account.Pass
	var u account.User
	err := s.view(ctx, "read a pass", func(tx *bbolt.Tx) error {
		found, err := getJSON(tx, bucketPasses, []byte(id), &p)
		if err != nil || !found {
			return cmp.Or(err, fmt.Errorf("pass: %w", store.ErrNotFound))
		}
		found, err = getJSON(tx, bucketUsers, []byte(p.User), &u)
		if err == nil && !found {
			return bad(bucketPasses, []byte(id), errMissing)
		}
		return err
	})
	return p, u, err
}

// Passes keeps the promise of [store.Accounts].
func (s *Store) Passes(ctx context.Context, user string) ([]account.Pass, error) {
	var list []account.Pass
	err := s.view(ctx, "read the passes", func(tx *bbolt.Tx) (err error) {
		list, err = passes(tx)
		return err
	})
	list = slices.DeleteFunc(list, func(p account.Pass) bool { return user != "" && p.User != user })
	slices.SortFunc(list, func(a, b account.Pass) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// SeePass keeps the promise of [store.Accounts].
func (s *Store) SeePass(ctx context.Context, id string, at time.Time, from string) error {
	return s.update(ctx, "note that a pass was shown", func(w *writer) error {
		var p account.Pass
		found, err := getJSON(w.Tx, bucketPasses, []byte(id), &p)
		if err != nil || !found || !at.After(p.Seen) {
			return err
		}
		p.Seen, p.From = at.UTC(), from
		return w.putJSON(bucketPasses, []byte(id), p)
	})
}

// EndPass keeps the promise of [store.Accounts].
func (s *Store) EndPass(ctx context.Context, id string, e account.Entry) error {
	return s.update(ctx, "end a pass", func(w *writer) error {
		var p account.Pass
		found, err := getJSON(w.Tx, bucketPasses, []byte(id), &p)
		if err != nil || !found {
			return cmp.Or(err, fmt.Errorf("pass: %w", store.ErrNotFound))
		}
		if err := w.Bucket(bucketPasses).Delete([]byte(id)); err != nil {
			return err
		}
		return w.append(e)
	})
}

// Audit keeps the promise of [store.Accounts].
func (s *Store) Audit(ctx context.Context, e account.Entry) error {
	return s.update(ctx, "write to the audit log", func(w *writer) error { return w.append(e) })
}

// append writes an entry behind the last one of the audit log.
func (w *writer) append(e account.Entry) error {
	var last account.Entry
	if k, v := w.Bucket(bucketAudit).Cursor().Last(); k != nil {
		if err := unsealJSON(v, &last); err != nil {
			return bad(bucketAudit, k, err)
		}
	}
	e = e.Link(last)
	return w.putJSON(bucketAudit, uint64Bytes(e.Number), e)
}

// AuditLog keeps the promise of [store.Accounts].
func (s *Store) AuditLog(ctx context.Context, before uint64, n int) ([]account.Entry, error) {
	var list []account.Entry
	err := s.view(ctx, "read the audit log", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketAudit).Cursor()
		k, v := c.Last()
		if before > 0 {
			if k, v = c.Seek(uint64Bytes(before)); k == nil {
				k, v = c.Last()
			}
			for k != nil && toUint64(k) >= before {
				k, v = c.Prev()
			}
		}
		for ; k != nil && len(list) < n; k, v = c.Prev() {
			var e account.Entry
			if err := unsealJSON(v, &e); err != nil {
				return bad(bucketAudit, k, err)
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}

// audit follows the chain of the audit log.
func (c *checker) audit(tx *bbolt.Tx) error {
	var last account.Entry
	return c.each(tx.Bucket(bucketAudit), func(k, v []byte) error {
		var e account.Entry
		if err := unsealJSON(v, &e); err != nil {
			return c.found("entry %d of the audit log: %v", toUint64(k), err)
		}
		want := e
		if want = want.Link(last); want != e || toUint64(k) != e.Number {
			if err := c.found("entry %d of the audit log does not follow from the one before it: something was changed or taken away", toUint64(k)); err != nil {
				return err
			}
		}
		last = e
		return nil
	})
}
