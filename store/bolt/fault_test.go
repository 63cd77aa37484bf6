package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	bbolt "go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

	"silkwire/news"
	"silkwire/store"
)

func path(t *testing.T) string { return filepath.Join(t.TempDir(), "data", "silkwire.db") }

// closed returns the path of a filled archive that nobody has open.
func closed(t *testing.T) string {
	t.Helper()
	p := path(t)
	s := open(t, p, Options{})
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

// refused opens an archive that must not open, and returns why. The file must
// be left as it is.
func refused(t *testing.T, p string) error {
	t.Helper()
	before, _ := os.ReadFile(p)
	s, err := Open(p, Options{LockTimeout: time.Millisecond})
	if err == nil {
		_ = s.Close()
		t.Fatal("it was opened")
	}
	after, _ := os.ReadFile(p)
	if !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
	return err
}

func mustSay(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func checks(t *testing.T, s *Store) {
	t.Helper()
	findings, err := s.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error("check: " + f)
	}
}

func TestOpeningAgainFindsEverything(t *testing.T) {
	p := closed(t)
	s := open(t, p, Options{})
	checks(t, s)
	got, err := s.Item(context.Background(), item(7).ID)
	if err != nil || got.Title != item(7).Title || got.Text != item(7).Text {
		t.Errorf("%+v, %v", got, err)
	}
	if len(s.Warnings()) > 0 {
		t.Error(s.Warnings())
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	p := path(t)
	s := open(t, p, Options{})
	fill(t, s)
	for name, want := range map[string]fs.FileMode{filepath.Dir(p): 0o700 | fs.ModeDir, p: 0o600, idFile(p): 0o600, holderFile(p): 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s: mode %v, want %v", name, info.Mode(), want)
		}
	}
}

func TestASecondProcessIsToldWhoHoldsTheArchive(t *testing.T) { // D11
	p := path(t)
	s := open(t, p, Options{})
	if err := s.SetAddress("127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	err := refused(t, p)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() || locked.Holder.Address != "127.0.0.1:8080" {
		t.Fatalf("%#v", err)
	}
	mustSay(t, err, p, fmt.Sprint("process ", os.Getpid()), "127.0.0.1:8080")
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	save(t, s, item(1)) // the first is unaffected
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(holderFile(p)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the holder's mark is still there after Close: %v", err)
	}
	open(t, p, Options{})
}

func TestTheHolderOfADeadProcessIsReplaced(t *testing.T) {
	p := closed(t)
	if err := os.WriteFile(holderFile(p), []byte(`{"pid":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, p, Options{})
	var h Holder
	b, err := os.ReadFile(holderFile(p))
	if err := errors.Join(err, json.Unmarshal(b, &h)); err != nil || h.PID != os.Getpid() {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestAnEmptiedFileIsNotTakenForANewArchive(t *testing.T) { // D5
	for name, lose := range map[string]func(p string) error{
		"truncated to nothing": func(p string) error { return os.Truncate(p, 0) },
		"removed":              os.Remove,
		"killed by the same blow, its id gone": func(p string) error {
			return errors.Join(os.Truncate(p, 0), os.Remove(idFile(p)), os.WriteFile(holderFile(p), []byte(`{"pid":1}`), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := closed(t)
			if err := lose(p); err != nil {
				t.Fatal(err)
			}
			err := refused(t, p)
			mustSay(t, err, p, "backup", "begin anew")
			if !errors.Is(err, store.ErrCorrupt) {
				t.Error("it is no ErrCorrupt")
			}
			_ = os.Remove(idFile(p))
			_ = os.Remove(holderFile(p))
			checks(t, open(t, p, Options{})) // what the message says helps
		})
	}
}

func TestAnEmptyFileWithoutHistoryBecomesAnArchive(t *testing.T) {
	p := filepath.Join(t.TempDir(), "silkwire.db")
	if err := os.WriteFile(p, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, p, Options{})
	fill(t, s)
	checks(t, s)
}

func TestATruncatedFileIsRefusedWithWhatToDo(t *testing.T) { // D6
	whole := closed(t)
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	meta, _, err := readMetas(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	needed := int(meta.pages * meta.pageSize)
	for _, size := range []int{1, 100, 4095, 4096, 8192, 12345, 16384, needed / 2, needed - 1} {
		p := filepath.Join(t.TempDir(), "silkwire.db")
		if err := os.WriteFile(p, content[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		mustSay(t, refused(t, p), p, "backup")
	}
}

func TestAForeignFileIsLeftAlone(t *testing.T) { // D7
	for name, content := range map[string][]byte{
		"a note":    []byte("my notes\n"),
		"zeros":     make([]byte, 1<<16),
		"a picture": bytes.Repeat([]byte("\x89PNG\r\n\x1a\n"), 5000),
	} {
		t.Run(name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), "silkwire.db")
			if err := os.WriteFile(p, content, 0o600); err != nil {
				t.Fatal(err)
			}
			err := refused(t, p)
			mustSay(t, err, p, "not an archive")
			if !errors.As(err, new(*ForeignError)) {
				t.Errorf("%#v", err)
			}
		})
	}
}

// rewrite changes a file through bbolt alone.
func rewrite(t *testing.T, p string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(p, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherProgramsBboltFileIsLeftAlone(t *testing.T) { // D7
	p := filepath.Join(t.TempDir(), "silkwire.db")
	rewrite(t, p, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
	mustSay(t, refused(t, p), "another program")
}

func TestANewerArchiveIsRefused(t *testing.T) { // D7, D18
	p := closed(t)
	rewrite(t, p, func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(keySchema, uint64Bytes(Schema+1)) })
	mustSay(t, refused(t, p), "newer version", "update the program")
}

func TestAnArchiveWithoutABucketIsDamaged(t *testing.T) {
	p := closed(t)
	rewrite(t, p, func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketTexts) })
	mustSay(t, refused(t, p), "texts", "backup")
}

// scribble overwrites bytes of a file.
func scribble(t *testing.T, p string, at int64, content []byte) {
	t.Helper()
	f, err := os.OpenFile(p, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(content, at)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestWithOneMetaPageTheOlderStateIsOpenedAndTheLossIsTold(t *testing.T) { // D8
	pageSize := os.Getpagesize()
	for page := range 2 {
		p := closed(t)
		scribble(t, p, int64(page*pageSize), make([]byte, pageSize))
		s := open(t, p, Options{})
		if w := strings.Join(s.Warnings(), "\n"); !strings.Contains(w, "meta page") {
			t.Errorf("page %d: warnings %q", page, w)
		}
		findings, err := s.Check(context.Background())
		if err != nil || len(findings) == 0 {
			t.Errorf("page %d: Check finds %v, %v", page, findings, err)
		}
		found, err := s.Find(context.Background(), store.Query{Count: true, WithText: true})
		if err != nil || found.Total != 50 {
			t.Errorf("page %d: %d items, %v", page, found.Total, err)
		}
		save(t, s, item(99)) // which writes the page anew
		checks(t, s)
	}
}

func TestWithoutBothMetaPagesItIsRefused(t *testing.T) { // D8
	p := closed(t)
	for page := range 2 {
		scribble(t, p, int64(page*os.Getpagesize())+pageHeaderSize+20, []byte("scribble"))
	}
	mustSay(t, refused(t, p), "meta pages", "backup")
}

func TestAnotherArchiveInItsPlaceIsNoticed(t *testing.T) {
	one, two := closed(t), closed(t)
	if err := os.Rename(two, one); err != nil {
		t.Fatal(err)
	}
	s := open(t, one, Options{})
	if w := strings.Join(s.Warnings(), "\n"); !strings.Contains(w, "another archive") {
		t.Errorf("warnings %q", w)
	}
}

func TestAFullArchiveStopsWritingNotReading(t *testing.T) { // D1, D4
	s := open(t, path(t), Options{MaxSize: 1 << 20})
	saved, full := 0, error(nil)
	for i := 0; i < 5000 && full == nil; i += 50 {
		_, full = s.Save(context.Background(), items(i, i+50), news.SourceState{ID: "uz-one-feed", Items: i})
		if full == nil {
			saved = i + 50
		}
	}
	if !errors.Is(full, store.ErrFull) {
		t.Fatalf("%v, want ErrFull", full)
	}
	page, err := s.Find(context.Background(), store.Query{Count: true, WithText: true})
	if err != nil || page.Total != saved {
		t.Errorf("%d items, %v; want the %d that were acknowledged", page.Total, err, saved)
	}
	state, err := s.Source(context.Background(), "uz-one-feed")
	if err != nil || state.Items != saved-50 {
		t.Errorf("the state of the source is of the visit that failed: %+v, %v", state, err)
	}
	checks(t, s)
	s.db.MaxSize = 0 // there is room again
	save(t, s, items(saved, saved+50)...)
	checks(t, s)
}

func TestADamagedPageBecomesAnErrorAndStopsWriting(t *testing.T) { // D9
	p := closed(t)
	size, err := os.Stat(p)
	if err != nil {
		t.Fatal(err)
	}
	pageSize := int64(os.Getpagesize())
	noticed := 0
	content, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(2); n*pageSize < size.Size(); n++ {
		kinds := [][]byte{{0}, {0xff}, {0x02, 0x81}}
		damage := bytes.Repeat(kinds[n%3], int(pageSize))[:pageSize]
		if survives(t, content, n*pageSize, damage) {
			noticed++
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed anywhere")
	}
}

// survives opens an archive with damage somewhere and uses it. Nothing may
// panic, and what is damaged must not be written over. It reports whether the
// damage was noticed.
func survives(t *testing.T, content []byte, at int64, damage []byte) bool {
	t.Helper()
	p := filepath.Join(t.TempDir(), "silkwire.db")
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	scribble(t, p, at, damage)
	s, err := Open(p, Options{NoSync: true})
	if err != nil {
		return true
	}
	defer func() { _ = s.Close() }()
	ctx := context.Background()
	findings, err := s.Check(ctx)
	if err != nil {
		t.Errorf("page at %d: Check: %v", at, err)
	}
	for i := range 50 {
		_, err = s.Item(ctx, item(i).ID)
		if err != nil && !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("page at %d: %v", at, err)
		}
	}
	_, _ = s.Find(ctx, store.Query{WithText: true, Count: true})
	_, _ = s.Outbox(ctx)
	_, _ = s.Runs(ctx, "", 10)
	_, saveErr := s.Save(ctx, items(0, 60), news.SourceState{ID: "uz-one-feed"})
	if s.Damage() != nil {
		if len(findings) == 0 {
			t.Errorf("page at %d: %v, which Check did not find", at, s.Damage())
		}
		if err := s.PutSource(ctx, news.SourceState{ID: "a"}); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("page at %d: writing goes on: %v", at, err)
		}
	}
	return saveErr != nil || len(findings) > 0
}

func TestCheckFindsEveryKindOfDisagreement(t *testing.T) { // D9
	seen := func(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket(bucketIndex).Bucket([]byte(bySeen)) }
	inSearch := func(tx *bbolt.Tx, name []byte) *bbolt.Bucket { return tx.Bucket(bucketSearch).Bucket(name) }
	first := func(b *bbolt.Bucket) []byte { k, _ := b.Cursor().First(); return bytes.Clone(k) }
	for name, break_ := range map[string]func(tx *bbolt.Tx) error{
		"an item is gone":     func(tx *bbolt.Tx) error { b := tx.Bucket(bucketItems); return b.Delete(first(b)) },
		"a record is changed": func(tx *bbolt.Tx) error { b := tx.Bucket(bucketTexts); return b.Put(first(b), []byte("damaged")) },
		"evidence is gone":    func(tx *bbolt.Tx) error { b := tx.Bucket(bucketEvidence); return b.Delete(first(b)) },
		"first seen is gone":  func(tx *bbolt.Tx) error { b := seen(tx); return b.Delete(first(b)) },
		"a set is gone":       func(tx *bbolt.Tx) error { b := inSearch(tx, bucketSets); return b.Delete(first(b)) },
		"a set is damaged":    func(tx *bbolt.Tx) error { b := inSearch(tx, bucketSets); return b.Put(first(b), []byte("damaged")) },
		"a set has one too many": func(tx *bbolt.Tx) error {
			return changeSet(tx, posting{byConcept, "concept-7"}, func(set *roaring.Bitmap) { set.Add(3) })
		},
		"a set has one too few": func(tx *bbolt.Tx) error {
			return changeSet(tx, posting{byConcept, "china"}, func(set *roaring.Bitmap) { set.Remove(4) })
		},
		"a set is of nothing": func(tx *bbolt.Tx) error {
			return changeSet(tx, posting{byConcept, "nowhere"}, func(set *roaring.Bitmap) { set.Add(3) })
		},
		"a page is gone":         func(tx *bbolt.Tx) error { b := inSearch(tx, bucketPages); return b.Delete(first(b)) },
		"a page is damaged":      func(tx *bbolt.Tx) error { b := inSearch(tx, bucketPages); return b.Put(first(b), []byte("damaged")) },
		"a number is gone":       func(tx *bbolt.Tx) error { b := inSearch(tx, bucketNumbers); return b.Delete(first(b)) },
		"a number is another":    func(tx *bbolt.Tx) error { b := inSearch(tx, bucketNumbers); return b.Put(first(b), pageKey(3)) },
		"a name is gone":         func(tx *bbolt.Tx) error { b := inSearch(tx, bucketNames); return b.Delete(first(b)) },
		"words are gone":         func(tx *bbolt.Tx) error { b := inSearch(tx, bucketWords); return b.Delete(first(b)) },
		"words are damaged":      func(tx *bbolt.Tx) error { b := inSearch(tx, bucketWords); return b.Put(first(b), []byte("damaged")) },
		"a block is gone":        func(tx *bbolt.Tx) error { b := inSearch(tx, bucketBlocks); return b.Delete(first(b)) },
		"an alias leads nowhere": func(tx *bbolt.Tx) error { b := tx.Bucket(bucketAliases); return b.Put(first(b), []byte("nowhere")) },
		"a count is wrong": func(tx *bbolt.Tx) error {
			return tx.Bucket(bucketCounts).Put(joined(total, "items"), uint64Bytes(7))
		},
		"a count is of nothing": func(tx *bbolt.Tx) error {
			return tx.Bucket(bucketCounts).Put(joined(total, "nowhere"), uint64Bytes(7))
		},
		"a revision is damaged": func(tx *bbolt.Tx) error { b := tx.Bucket(bucketRevisions); return b.Put(first(b), []byte("damaged")) },
		"a body is gone":        func(tx *bbolt.Tx) error { b := tx.Bucket(bucketMessages); return b.Delete(first(b)) },
		"the outbox is empty":   func(tx *bbolt.Tx) error { b := tx.Bucket(bucketOutbox); return b.Delete(first(b)) },
		"a state is damaged":    func(tx *bbolt.Tx) error { b := tx.Bucket(bucketSources); return b.Put(first(b), []byte("damaged")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, path(t), Options{NoSync: true})
			fill(t, s)
			checks(t, s)
			if err := s.db.Update(break_); err != nil {
				t.Fatal(err)
			}
			findings, err := s.Check(context.Background())
			if err != nil || len(findings) == 0 {
				t.Errorf("findings %v, %v", findings, err)
			}
		})
	}
}

// changeSet changes a set of the search index as nothing but damage does.
func changeSet(tx *bbolt.Tx, m posting, change func(*roaring.Bitmap)) error {
	ix, err := newIndexer(tx.Bucket(bucketSearch))
	if err != nil {
		return err
	}
	set, err := ix.set(m, 0)
	if err != nil {
		return err
	}
	change(set)
	return ix.flush()
}

func TestOurOwnPanicsAreNotTakenForDamage(t *testing.T) {
	s := open(t, path(t), Options{})
	defer func() {
		if r := recover(); r != "a bug" {
			t.Errorf("recovered %v", r)
		}
		if s.Damage() != nil {
			t.Error(s.Damage())
		}
		save(t, s, item(1)) // and the transaction has ended
	}()
	_ = s.view(context.Background(), "test", func(*bbolt.Tx) error { panic("a bug") })
}

func TestClaimsOfADeadProcessAreVoid(t *testing.T) {
	p := path(t)
	job := store.Job{Name: "visit a", Due: noon()}
	s := open(t, p, Options{})
	if err := s.Claim(context.Background(), job, noon(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Claim(context.Background(), job, noon(), time.Hour); !errors.Is(err, store.ErrTaken) {
		t.Fatalf("%v, want ErrTaken", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, p, Options{})
	if err := s.Claim(context.Background(), job, noon(), time.Hour); err != nil {
		t.Errorf("the claim of a process that has ended still holds: %v", err)
	}
}

func TestABackupOpensWithEverythingInIt(t *testing.T) { // D17
	s := open(t, path(t), Options{})
	fill(t, s)
	to := filepath.Join(t.TempDir(), "backup.db")
	n, err := s.BackupFile(context.Background(), to)
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, items(100, 150)...)
	info, err := os.Stat(to)
	if err != nil || info.Size() != n || info.Mode() != 0o600 {
		t.Errorf("%v, %v; want %d bytes", info, err, n)
	}
	copied := open(t, to, Options{})
	checks(t, copied)
	page, err := copied.Find(context.Background(), store.Query{Count: true})
	if err != nil || page.Total != 50 {
		t.Errorf("%d items, %v; want 50", page.Total, err)
	}
	if copied.Instance() != s.Instance() {
		t.Error("the copy is another archive")
	}
}

func TestABackupThatFailsLeavesTheOldOneAndNoRest(t *testing.T) { // D2
	s := open(t, path(t), Options{})
	fill(t, s)
	to := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(to, []byte("the old one"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.BackupFile(ctx, to); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	if _, err := s.BackupFile(context.Background(), filepath.Join(to, "no", "such", "place")); err == nil {
		t.Error("a backup to nowhere succeeded")
	}
	entries, err := os.ReadDir(filepath.Dir(to))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want only the old backup", entries, err)
	}
	if b, err := os.ReadFile(to); err != nil || string(b) != "the old one" {
		t.Errorf("%q, %v", b, err)
	}
	checks(t, s)
}

func TestAnArchiveThatWasNeverFinishedIsNoArchive(t *testing.T) {
	p := path(t)
	open(t, p, Options{})
	entries, err := os.ReadDir(filepath.Dir(p))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // creation leaves nothing beside the archive and its marks
		if !strings.HasPrefix(e.Name(), "silkwire.db") || strings.Contains(e.Name(), ".new-") || strings.Contains(e.Name(), ".tmp-") {
			t.Errorf("left over: %s", e.Name())
		}
	}
}

func TestAFullDiskIsRecognisedInEveryForm(t *testing.T) { // D1
	for _, err := range []error{
		fmt.Errorf("file resize error: %s", "truncate x: no space left on device"), // bbolt keeps only the words
		fmt.Errorf("write: %w", bberrors.ErrMaxSizeReached),
	} {
		if got := explainWrite(err); !errors.Is(got, store.ErrFull) {
			t.Errorf("%v is not taken for a full disk", err)
		}
	}
	if other := errors.New("input/output error"); explainWrite(other) != other {
		t.Error("another error is taken for a full disk")
	}
	if explainWrite(nil) != nil {
		t.Error("no error became one")
	}
}

func TestALightPageDoesNotTouchTheTexts(t *testing.T) {
	s := open(t, path(t), Options{NoSync: true})
	fill(t, s)
	spoil := func(tx *bbolt.Tx) error {
		return errors.Join(tx.Bucket(bucketTexts).Put([]byte(item(7).ID), []byte("damaged")),
			tx.Bucket(bucketEvidence).Put([]byte(item(7).ID), []byte("damaged")))
	}
	if err := s.db.Update(spoil); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	page, err := s.Find(ctx, store.Query{Search: query(t, "concept:concept-7 is:relevant OR concept:concept-7"), Count: true})
	if err != nil || page.Total != 1 || page.Items[0].Title != item(7).Title {
		t.Errorf("%+v, %v", page, err)
	}
	if s.Damage() != nil {
		t.Fatal(s.Damage())
	}
	if _, err := s.Find(ctx, store.Query{Search: query(t, "nowhere")}); err != nil { // words are found in the index
		t.Error(err)
	}
	if _, err := s.Find(ctx, store.Query{WithText: true}); !errors.Is(err, store.ErrCorrupt) { // D9
		t.Errorf("%v, want ErrCorrupt", err)
	}
}

func TestAnIndexEntryWithoutItsItemIsDamage(t *testing.T) { // D9
	for _, q := range []string{"", "scholarship"} {
		s := open(t, path(t), Options{NoSync: true})
		fill(t, s)
		if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketItems).Delete([]byte(item(7).ID)) }); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Find(context.Background(), store.Query{Search: query(t, q)}); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%q: %v, want ErrCorrupt", q, err)
		}
	}
}
