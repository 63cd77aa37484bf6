//go:build unix

package bolt

import (
	"fmt"
	"math"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"silkwire/bulk"
	"silkwire/news"
	"silkwire/taxonomy"
)

// BenchmarkSaveArticles saves articles of some 2 KB, as visits bring them, and
// tells the processor's time for each: the machine may have other work.
func BenchmarkSaveArticles(b *testing.B) {
	tax, err := taxonomy.Default()
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 20, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "silkwire.db"), Options{})
			press := bulk.New(bulk.Options{
				Taxonomy: tax, Items: math.MaxInt32, Seed: 1, From: noon().AddDate(-5, 0, 0), To: noon(),
				Outlets: []news.Outlet{{ID: "one", Languages: []string{"uz-Latn", "uz-Cyrl", "ru"}}, {ID: "two", Languages: []string{"kk", "en", "tg"}}},
			})
			var used time.Duration
			saved := 0
			for b.Loop() {
				b.StopTimer()
				list := press.Next(n)
				b.StartTimer()
				began := processTime(b)
				save(b, s, list...)
				used += processTime(b) - began
				saved += n
			}
			b.ReportMetric(float64(used.Microseconds())/float64(saved), "CPU-µs/item")
		})
	}
}

func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
