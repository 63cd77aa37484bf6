package bolt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// The kill test runs the test binary again as a program that writes for ever
// and says of every verb when it returned.

const (
	envWrite = "SILKWIRE_TEST_WRITE" // the archive to write to
	envBegin = "SILKWIRE_TEST_BEGIN" // the first batch
	envKills = "SILKWIRE_KILLS"      // how often to kill; 10 if unset
)

func TestMain(m *testing.M) {
	if p := os.Getenv(envWrite); p != "" {
		if err := writeForEver(p, os.Getenv(envBegin)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

const batchSize = 10

// writeForEver saves batch after batch, with an edition of each, and an edit
// of the batch before.
func writeForEver(p, begin string) error {
	s, err := Open(p, Options{})
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(begin)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for n := first; ; n++ {
		batch := items(n*batchSize, (n+1)*batchSize)
		if n > 0 {
			batch = append(batch, editedIn(n))
		}
		if _, err := s.Save(ctx, batch, news.SourceState{ID: "uz-one-feed", Items: n}); err != nil {
			return err
		}
		fmt.Println("saved", n)
		if err := s.Freeze(ctx, editionOf(n)); err != nil && !errors.Is(err, store.ErrExists) {
			return err
		}
		fmt.Println("frozen", n)
	}
}

// editedIn is the first item of the batch before n, edited.
func editedIn(n int) news.Item {
	it := item((n - 1) * batchSize)
	it.Title += ", corrected"
	return it
}

func editionOf(n int) store.Edition {
	e := store.Edition{ID: fmt.Sprint("edition-", n), Profile: "daily", Rendered: noon(), Compiled: []byte("{}")}
	for _, it := range items(n*batchSize, (n+1)*batchSize) {
		e.Told = append(e.Told, store.Told{Item: it.ID})
	}
	e.Messages = []store.Message{{Channel: "mail", Recipient: "a@reader.example", Body: []byte(e.ID)}}
	return e
}

func TestWhatWasAcknowledgedSurvivesSIGKILL(t *testing.T) { // D14
	kills := 10
	if s := os.Getenv(envKills); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	p := path(t)
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), 14))
	next := 0
	for range kills {
		saved, frozen := writeUntilKilled(t, p, next, random)
		next = inspectSurvivor(t, p, saved, frozen)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills, %d batches", kills, next)
}

// writeUntilKilled runs the writer, kills it at a random moment, and returns
// the last batch whose Save and whose Freeze were acknowledged, -1 for none.
func writeUntilKilled(t *testing.T, p string, begin int, random *rand.Rand) (saved, frozen int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), envWrite+"="+p, envBegin+"="+strconv.Itoa(begin))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	saved, frozen = begin-1, begin-1
	patience := random.IntN(12)
	acknowledged := bufio.NewScanner(out)
	for acknowledged.Scan() {
		var n int
		if _, err := fmt.Sscanf(acknowledged.Text(), "saved %d", &n); err == nil {
			saved = n
		} else if _, err := fmt.Sscanf(acknowledged.Text(), "frozen %d", &n); err == nil {
			frozen = n
		}
		if patience--; patience == -1 {
			time.AfterFunc(time.Duration(random.IntN(4000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	var killed *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &killed) || killed.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return saved, frozen
}

// inspectSurvivor opens what the dead writer left, and returns the first batch
// that is not in it.
func inspectSurvivor(t *testing.T, p string, saved, frozen int) int {
	t.Helper()
	s, err := Open(p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	checks(t, s)
	ctx := context.Background()
	page, err := s.Find(ctx, store.Query{Limit: 1 << 20, Count: true, WithText: true})
	if err != nil {
		t.Fatal(err)
	}
	batches := page.Total / batchSize
	if page.Total%batchSize != 0 || batches != saved+1 && batches != saved+2 {
		t.Errorf("%d items; batch %d was acknowledged last", page.Total, saved)
	}
	for i, it := range page.Items { // newest first
		wantWhole(t, it, page.Total-1-i, batches)
	}
	wantState(t, s, batches)
	return wantEditions(t, s, frozen, batches)
}

func wantWhole(t *testing.T, got news.Item, i, batches int) {
	t.Helper()
	want := item(i)
	if i%batchSize == 0 && i/batchSize < batches-1 {
		want = editedIn(i/batchSize + 1)
	}
	if got.ID != want.ID || got.Title != want.Title || got.Text != want.Text || len(got.Tagging.Tags) != len(want.Tagging.Tags) {
		t.Errorf("item %d is half an item: %+v", i, got)
	}
}

// wantState asks that the state of the source is of the last batch that is there.
func wantState(t *testing.T, s *Store, batches int) {
	t.Helper()
	state, err := s.Source(context.Background(), "uz-one-feed")
	if batches == 0 && errors.Is(err, store.ErrNotFound) {
		return
	}
	if err != nil || state.Items != batches-1 {
		t.Errorf("the state of the source is of batch %d, the items are of %d (%v)", state.Items, batches-1, err)
	}
}

// wantEditions asks that every acknowledged edition is there with its mark on
// its items and its message, or not at all.
func wantEditions(t *testing.T, s *Store, frozen, batches int) (next int) {
	t.Helper()
	ctx := context.Background()
	list, err := s.EditionList(ctx, "daily", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	outbox, err := s.Outbox(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < frozen+1 || len(list) > batches || len(outbox) != len(list) {
		t.Errorf("%d editions and %d messages; edition %d was acknowledged last, of %d batches", len(list), len(outbox), frozen, batches)
	}
	for n := range batches {
		told, err := s.Told(ctx, "daily", []news.ItemID{item(n * batchSize).ID, item(n*batchSize + batchSize - 1).ID})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Edition(ctx, editionOf(n).ID)
		if there := err == nil; there != (len(told) == 2) || !there && len(told) != 0 {
			t.Errorf("edition %d: %v, but %d of its 2 items are marked as told", n, err, len(told))
		}
	}
	if len(list) < batches { // the batch whose edition is missing is written again
		return batches - 1
	}
	return batches
}
