package monitor

import (
	"context"
	"testing"
	"time"

	"silkwire/news"
)

// F20: the same item with other words is a revision of it, and no new item.
// F21: an item that vanishes and returns is the item it was.
func TestAnItemIsOneHoweverItComesAndGoes(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			batch := oneItem(src, 0)
			batch.Items[0].GUID, batch.Items[0].Text = "g", "A loan of 300 million."
			switch n {
			case 1:
				batch.Items = nil // it vanishes
			case 2: // it returns, at another address
				batch.Items[0].URL += "?utm_source=rss"
				batch.Items[0].ID = news.NewItemID(src.Outlet, batch.Items[0].URL, "g")
			case 3:
				batch.Items[0].Text = "A loan of 500 million."
			}
			return batch, nil
		}
		v := source("a")
		m := New(b.store, b.press, b.tagger, hourly(v), discard())
		fresh, revised := 0, 0
		for range 5 { // the last brings the first words again
			_, saved, err := m.VisitNow(context.Background(), v, false)
			if err != nil {
				b.Fatal(err)
			}
			fresh, revised = fresh+len(saved.New), revised+len(saved.Revised)
			time.Sleep(2 * time.Hour)
		}
		if fresh != 1 || revised != 2 || b.items() != 1 {
			b.Errorf("%d new, %d revised, %d items", fresh, revised, b.items())
		}
		first := oneItem(v.Source, 0).Items[0].ID
		revisions, err := b.store.Revisions(context.Background(), first)
		if err != nil || len(revisions) != 2 || revisions[1].Text != "A loan of 300 million." || revisions[0].Text != "A loan of 500 million." {
			b.Errorf("%+v, %v", revisions, err)
		}
	})
}
