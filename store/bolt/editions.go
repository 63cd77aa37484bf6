package bolt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/store"
)

// delivery is a message as it stands in messages/, without its bytes.
type delivery struct {
	store.Message
	Number int    `json:"n"` // its place in the edition
	Queue  []byte `json:"q"` // its key in the outbox while it is open
}

// Freeze keeps the promise of [store.Editions].
func (s *Store) Freeze(ctx context.Context, e store.Edition) error {
	if err := freezable(e); err != nil {
		return fmt.Errorf("freeze edition %s: %w", e.ID, err)
	}
	return s.update(ctx, "freeze edition "+e.ID, func(w *writer) error {
		if w.Bucket(bucketEditions).Get([]byte(e.ID)) != nil {
			return fmt.Errorf("edition %s: %w", e.ID, store.ErrExists)
		}
		if err := w.putEdition(e); err != nil {
			return err
		}
		for _, t := range e.Told {
			t.Edition = e.ID
			if err := w.putJSON(bucketTold, joined(e.Profile, string(t.Item)), t); err != nil {
				return err
			}
		}
		for i, m := range e.Messages {
			if err := w.putMessage(e, i, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// freezable refuses what could not be found again.
func freezable(e store.Edition) error {
	if e.ID == "" {
		return errors.New("it has no ID")
	}
	have := make(map[string]bool)
	for _, m := range e.Messages {
		if strings.ContainsRune(m.Channel+m.Recipient, 0) {
			return fmt.Errorf("the recipient %q has a zero byte", m.Recipient)
		}
		key := string(messageKey(e.ID, m.Channel, m.Recipient))
		if have[key] {
			return fmt.Errorf("two messages to %s through %s", m.Recipient, m.Channel)
		}
		have[key] = true
	}
	return nil
}

func messageKey(edition, channel, recipient string) []byte {
	return joined(edition, channel, recipient)
}

// putEdition writes an edition in its parts.
func (w *writer) putEdition(e store.Edition) error {
	head := headOf(e)
	byTime := sortKey(e.Rendered, news.ItemID(e.ID))
	w.count(total, string(bucketEditions), 1)
	return errors.Join(
		w.putJSON(bucketEditions, []byte(e.ID), head),
		w.put(bucketEditionTime, byTime, []byte(e.Profile)),
		w.put(bucketCompiled, []byte(e.ID), w.pack(e.Compiled)),
		w.putJSON(bucketToldIn, []byte(e.ID), e.Told),
	)
}

// headOf is what a list of editions shows, but for the states of the messages.
func headOf(e store.Edition) store.Edition {
	e.From, e.To, e.Rendered = e.From.UTC(), e.To.UTC(), e.Rendered.UTC()
	e.Compiled, e.Told, e.Messages = nil, nil, nil
	return e
}

func (w *writer) putMessage(e store.Edition, number int, m store.Message) error {
	m.Edition = e.ID
	m.State = store.DeliveryState(orElse(string(m.State), string(store.Rendered)))
	key := messageKey(e.ID, m.Channel, m.Recipient)
	if err := w.put(bucketBodies, key, w.pack(m.Body)); err != nil {
		return err
	}
	queue := append(timeKey(e.Rendered), binary.BigEndian.AppendUint32(joined(e.ID, ""), uint32(number))...)
	return w.putDelivery(key, delivery{Message: m, Number: number, Queue: queue}, false)
}

// putDelivery writes the state of a message, and its place in the outbox while
// it is open.
func (w *writer) putDelivery(key []byte, d delivery, wasOpen bool) error {
	d.Tried, d.Next = d.Tried.UTC(), d.Next.UTC()
	outbox := w.Bucket(bucketOutbox)
	var err error
	switch {
	case d.State.Open() && !wasOpen:
		w.count(total, string(bucketOutbox), 1)
		err = outbox.Put(d.Queue, key)
	case !d.State.Open() && wasOpen:
		w.count(total, string(bucketOutbox), -1)
		err = outbox.Delete(d.Queue)
	}
	if err != nil {
		return err
	}
	return w.putJSON(bucketMessages, key, d)
}

// Deliver keeps the promise of [store.Editions]. It is ErrNotFound for a
// message that was never frozen. The message id stays as it was frozen.
func (s *Store) Deliver(ctx context.Context, m store.Message) error {
	key := messageKey(m.Edition, m.Channel, m.Recipient)
	return s.update(ctx, "deliver edition "+m.Edition, func(w *writer) error {
		var d delivery
		found, err := getJSON(w.Tx, bucketMessages, key, &d)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("message of edition %s to %s: %w", m.Edition, m.Recipient, store.ErrNotFound)
		}
		wasOpen := d.State.Open()
		d.State, d.Attempts, d.Tried, d.Next, d.Error = m.State, m.Attempts, m.Tried, m.Next, m.Error
		return w.putDelivery(key, d, wasOpen)
	})
}

// Edition keeps the promise of [store.Editions]; what it told of is there too.
func (s *Store) Edition(ctx context.Context, id string) (store.Edition, error) {
	var e store.Edition
	err := s.view(ctx, "read edition "+id, func(tx *bbolt.Tx) (err error) {
		if e, err = readEdition(tx, id); err != nil {
			return err
		}
		if e.Compiled, err = s.codec.getPacked(tx, bucketCompiled, []byte(id)); err != nil {
			return err
		}
		_, err = getJSON(tx, bucketToldIn, []byte(id), &e.Told)
		return err
	})
	if err != nil {
		return store.Edition{}, err
	}
	return e, nil
}

// readEdition reads an edition's head and the states of its messages.
func readEdition(tx *bbolt.Tx, id string) (store.Edition, error) {
	var e store.Edition
	found, err := getJSON(tx, bucketEditions, []byte(id), &e)
	if err != nil {
		return e, err
	}
	if !found {
		return e, fmt.Errorf("edition %s: %w", id, store.ErrNotFound)
	}
	e.Messages, err = readMessages(tx, id)
	return e, err
}

// readMessages reads the messages of an edition in the order of its freezing.
func readMessages(tx *bbolt.Tx, edition string) ([]store.Message, error) {
	var list []delivery
	prefix := joined(edition, "")
	c := tx.Bucket(bucketMessages).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var d delivery
		if err := unsealJSON(v, &d); err != nil {
			return nil, bad(bucketMessages, k, err)
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b delivery) int { return cmp.Compare(a.Number, b.Number) })
	var messages []store.Message
	for _, d := range list {
		messages = append(messages, d.Message)
	}
	return messages, nil
}

// EditionList keeps the promise of [store.Editions].
func (s *Store) EditionList(ctx context.Context, profile string, n int) ([]store.Edition, error) {
	var list []store.Edition
	err := s.view(ctx, "list editions", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketEditionTime).Cursor()
		for k, v := c.Last(); k != nil && len(list) < n; k, v = c.Prev() {
			if profile != "" && string(v) != profile {
				continue
			}
			e, err := readEdition(tx, string(afterTime(k)))
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}

// Told keeps the promise of [store.Editions]; of several editions that told of
// an item the last one frozen counts.
func (s *Store) Told(ctx context.Context, profile string, items []news.ItemID) (map[news.ItemID]store.Told, error) {
	told := make(map[news.ItemID]store.Told)
	err := s.view(ctx, "read what was told", func(tx *bbolt.Tx) error {
		for _, id := range items {
			var t store.Told
			found, err := getJSON(tx, bucketTold, joined(profile, string(id)), &t)
			if err != nil {
				return err
			}
			if found {
				told[id] = t
			}
		}
		return nil
	})
	return told, err
}

// Outbox keeps the promise of [store.Editions].
func (s *Store) Outbox(ctx context.Context) ([]store.Message, error) {
	var list []store.Message
	err := s.view(ctx, "read the outbox", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketOutbox).ForEach(func(queue, key []byte) error {
			m, err := s.readMessage(tx, key)
			if err != nil {
				return err
			}
			list = append(list, m)
			return nil
		})
	})
	return list, err
}

// Message keeps the promise of [store.Editions].
func (s *Store) Message(ctx context.Context, edition, channel, recipient string) (store.Message, error) {
	var m store.Message
	err := s.view(ctx, "read a message of edition "+edition, func(tx *bbolt.Tx) (err error) {
		key := messageKey(edition, channel, recipient)
		if tx.Bucket(bucketMessages).Get(key) == nil {
			return fmt.Errorf("message of edition %s to %s: %w", edition, recipient, store.ErrNotFound)
		}
		m, err = s.readMessage(tx, key)
		return err
	})
	return m, err
}

// readMessage reads a message with its bytes.
func (s *Store) readMessage(tx *bbolt.Tx, key []byte) (store.Message, error) {
	var d delivery
	found, err := getJSON(tx, bucketMessages, key, &d)
	if err == nil && !found {
		err = bad(bucketOutbox, key, errMissing)
	}
	if err != nil {
		return store.Message{}, err
	}
	d.Body, err = s.codec.getPacked(tx, bucketBodies, key)
	return d.Message, err
}
