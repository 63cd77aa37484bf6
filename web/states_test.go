package web

import (
	"strings"
	"testing"

	"silkwire/news"
)

func TestTheListIsNarrowedToWhatIsDisputedOrFlagged(t *testing.T) {
	d := sitting(t, 0, numbered(3)...)
	d.press("amina", d.page("amina", "/items/item00"), "accept tag:china")
	d.press("bek", d.page("bek", "/items/item00"), "reject tag:china")
	d.press("bek", d.page("bek", "/items/item01"), "flag")
	links := map[string]string{}
	for _, a := range d.page("amina", "/").all("a") {
		if strings.Contains(a.attr("href"), "is%3A") {
			links[a.text()] = a.attr("href")
		}
	}
	for text, id := range map[string]news.ItemID{"disputed": "item00", "flagged": "item01"} {
		page := d.page("amina", links[text])
		if page.one(t, "li.row h3 a").attr("href") != "/items/"+string(id) {
			t.Errorf("%s leads to %s", text, links[text])
		}
	}
}
