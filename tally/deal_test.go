package tally

import (
	"fmt"
	"testing"
	"time"

	"silkwire/news"
)

// report is an item that states one event.
func report(n int, at time.Time, ev news.Event) news.Item {
	if ev.State == "" {
		ev.State, ev.Actor = "china", "china"
	}
	if ev.Recipient == "" {
		ev.Recipient = "kyrgyzstan"
	}
	return news.Item{
		ID: news.ItemID(fmt.Sprintf("item%012d", n)), Outlet: news.OutletID(fmt.Sprintf("o%d", n%4)), Published: at, Title: fmt.Sprint("report ", n),
		Tagging: news.Tagging{Lang: []string{"ru", "ky", "en"}[n%3], Events: []news.Event{ev}},
	}
}

func loan(value float64, currency string) news.Event {
	return news.Event{Instrument: "loan", Family: "economic-instrument", Amount: &news.Amount{Value: value, Currency: currency}}
}

func TestOneDealReportedTenTimesIsOneDeal(t *testing.T) {
	var items []news.Item
	for i := range 10 {
		ev := loan(1.7e9, "USD")
		if i%2 == 1 {
			ev.Recipient = "bishkek" // a city of the same state
		}
		if i%3 == 2 {
			ev.Instrument, ev.Family = "financial-assistance", "development-assistance" // one outlet calls it so
		}
		items = append(items, report(i, noon.Add(time.Duration(i)*30*time.Hour), ev))
	}
	c := gathered(t, items)
	if len(c.Deals) != 1 {
		t.Fatalf("%d deals", len(c.Deals))
	}
	d := c.Deals[0]
	if len(d.Reports) != 10 || d.Recipient != "kyrgyzstan" || d.Amount.Value != 1.7e9 || d.Differ {
		t.Errorf("%d reports, to %s, %v, differ %v", len(d.Reports), d.Recipient, d.Amount, d.Differ)
	}
	if sums := Sums(c.Deals); len(sums) != 1 || sums[0].Value != 1.7e9 || sums[0].Deals != 1 {
		t.Errorf("sums: %+v", sums)
	}
	if table := c.Matrix(Axis{Name: "actor"}, Axis{Name: "recipient"}, Events); table.All.Events != 1 {
		t.Errorf("the matrix counts %+v", table.All)
	}
}

func TestDifferentSumsAreDifferentDeals(t *testing.T) {
	c := gathered(t, []news.Item{
		report(1, noon, loan(1.7e9, "USD")), report(2, noon, loan(5e8, "USD")), report(3, noon, loan(1.7e9, "CNY")),
		report(4, noon.AddDate(0, 3, 0), loan(1.7e9, "USD")), // a quarter later it is another loan
	})
	if len(c.Deals) != 4 {
		t.Errorf("%d deals, want 4", len(c.Deals))
	}
}

func TestOneDealToldWithTwoSumsSaysSo(t *testing.T) {
	c := gathered(t, []news.Item{report(1, noon, loan(500e6, "USD")), report(2, noon.Add(time.Hour), loan(480e6, "USD")), report(3, noon.Add(2*time.Hour), loan(500e6, "USD"))})
	if len(c.Deals) != 1 || !c.Deals[0].Differ || c.Deals[0].Amount.Value != 500e6 {
		t.Errorf("%+v", c.Deals)
	}
}

func TestWhatWasCalledOffIsNotSummed(t *testing.T) {
	off := loan(1e8, "USD")
	off.Status = news.Cancelled
	c := gathered(t, []news.Item{report(1, noon, loan(1e8, "USD")), report(2, noon.AddDate(0, 0, 20), off)})
	if len(c.Deals) != 1 || !c.Deals[0].Void() || len(Sums(c.Deals)) != 0 {
		t.Errorf("%+v, sums %+v", c.Deals, Sums(c.Deals))
	}
}

func TestScholarshipsOfTwoStatesAreTwoDeals(t *testing.T) {
	places := 200
	grant := news.Event{Instrument: "scholarship", Family: "education-instrument", Places: &places}
	russian := grant
	russian.State, russian.Actor = "russia", "rossotrudnichestvo"
	narrower := grant
	narrower.Instrument = "scholarship-quota"
	c := gathered(t, []news.Item{report(1, noon, grant), report(2, noon.Add(time.Hour), russian), report(3, noon.Add(2*time.Hour), narrower)})
	if len(c.Deals) != 2 {
		t.Fatalf("%d deals, want 2", len(c.Deals))
	}
}

// Whatever is reported, every event is in exactly one deal.
func TestEveryEventIsInOneDeal(t *testing.T) {
	items := made(concepts(t), 21, 500)
	events := 0
	for i := range items {
		events += len(items[i].Tagging.Events)
	}
	c := gathered(t, items)
	reports := 0
	for _, d := range c.Deals {
		reports += len(d.Reports)
		if d.Last.Before(d.First) {
			t.Errorf("a deal ends before it begins: %v, %v", d.First, d.Last)
		}
	}
	if reports != events || len(c.Deals) >= events {
		t.Errorf("%d events, %d reports, %d deals", events, reports, len(c.Deals))
	}
}
