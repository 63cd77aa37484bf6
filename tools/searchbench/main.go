// Searchbench measures how fast an archive answers, and how fast bleve does
// with the same items and the same questions. It is a module of its own, so
// that the program does not carry bleve.
//
//	go run . -archive m1.db -questions 400
//	go run . -archive m1.db -bleve /tmp/bleve -sizes 100000,300000
//
// The archive is one of "silkwire archive generate". With -sizes, archives and
// bleve indexes of the first so many of its items are made and asked side by
// side, in turns, so that what else the machine does is the same for both.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"silkwire/news"
	"silkwire/store"
	"silkwire/store/bolt"
)

func main() {
	archive := flag.String("archive", "", "the archive to ask")
	profile := flag.String("profile", "", "where to write a CPU profile")
	only := flag.String("only", "", "ask only questions whose kind begins so")
	n := flag.Int("questions", 400, "how many questions of each kind")
	dir := flag.String("bleve", "", "a directory for archives and bleve indexes of the sizes to compare")
	sizes := flag.String("sizes", "", "how many items they have, with commas")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "searchbench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := run(context.Background(), *archive, *n, *dir, *sizes, *only); err != nil {
		fmt.Fprintln(os.Stderr, "searchbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, archive string, n int, dir, sizes, only string) error {
	st, err := bolt.Open(archive, bolt.Options{Country: country})
	if err != nil {
		return err
	}
	defer st.Close()
	if sizes == "" {
		return measure(ctx, st, n, only)
	}
	if err := register(); err != nil {
		return err
	}
	for size := range strings.SplitSeq(sizes, ",") {
		items, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		if err := compare(ctx, st, items, n, filepath.Join(dir, size)); err != nil {
			return err
		}
	}
	return nil
}

// country is a stand-in for the configuration: two letters of the outlet.
func country(id news.OutletID) string { return strings.ToUpper(string(id[:min(2, len(id))])) }

// measure asks questions of every kind.
func measure(ctx context.Context, st *bolt.Store, n int, only string) error {
	stats, err := st.Stats(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d items, %.1f GB\n", stats.Items, float64(stats.Bytes)/1e9)
	asked, err := samples(ctx, st, n)
	if err != nil {
		return err
	}
	memory := watchMemory()
	fmt.Printf("%-44s | %10s %10s %10s | %10s %10s | %11s\n", "", "CPU p50", "p99", "most", "wall p50", "p99", "items found")
	for _, k := range kinds() {
		if !strings.HasPrefix(k.name, only) {
			continue
		}
		var took, used []time.Duration
		found := 0
		for i := range asked {
			q, err := k.question(&asked[i])
			if err != nil {
				return err
			}
			began, cpu := time.Now(), processTime()
			page, err := st.Find(ctx, q)
			if err != nil {
				return err
			}
			took, used = append(took, time.Since(began)), append(used, processTime()-cpu)
			found += page.Total
			if k.once && i == 20 {
				break
			}
		}
		slices.Sort(took)
		slices.Sort(used)
		fmt.Printf("%-44s | %10s %10s %10s | %10s %10s | %11d\n", k.name,
			ms(at(used, 0.5)), ms(at(used, 0.99)), ms(used[len(used)-1]), ms(at(took, 0.5)), ms(at(took, 0.99)), found/len(took))
	}
	memory.report()
	return nil
}

// processTime is the processor's time that the process has used: on a machine
// that others use too, what a question costs.
func processTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

func at(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }

// samples draws items from all over the archive.
func samples(ctx context.Context, st store.Store, n int) ([]sample, error) {
	oldest, newest := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}
	page, err := st.Find(ctx, store.Query{Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, fmt.Errorf("no items: %w", err)
	}
	newest = page.Items[0].Time()
	if first, err := st.Find(ctx, parsed("before:"+newest.AddDate(-7, 0, 0).Format(time.DateOnly))); err == nil && len(first.Items) > 0 {
		oldest = newest.AddDate(-7, 0, 0)
	}
	random := rand.New(rand.NewPCG(11, 12))
	var list []sample
	for len(list) < n {
		to := oldest.Add(time.Duration(random.Float64() * float64(newest.Sub(oldest))))
		q := parsed("is:relevant before:" + to.AddDate(0, 0, 1).Format(time.DateOnly))
		q.Limit, q.WithText = 4, true
		page, err := st.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			if s, ok := newSample(&page.Items[i], random); ok {
				list = append(list, s)
			}
		}
	}
	return list[:n], nil
}
