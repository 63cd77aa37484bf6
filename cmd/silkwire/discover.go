package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"silkwire/config"
	"silkwire/fetcher"
	"silkwire/news"
	"silkwire/text"
)

type discoverCmd struct {
	URL   string `arg:"" help:"A page of the site, best its front page."`
	Guess bool   `help:"Also try addresses that no page declares, such as /rss."`
}

func (c *discoverCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		address := c.URL
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		site, err := a.fetch.Discover(ctx, address, c.Guess)
		if err != nil {
			return err
		}
		outlet, comments := a.proposed(site)
		if len(outlet.Sources) == 0 {
			fmt.Fprint(std.out, comments)
			return fmt.Errorf("%s: nothing was found that can be visited; try another page of the site, or --guess", site.URL)
		}
		if outlet, err = a.checked(outlet); err != nil {
			return err
		}
		return printProposal(std.out, outlet, comments)
	})
}

// proposed makes an outlet of what was discovered, and comments of what was
// tried in vain.
func (a *app) proposed(site fetcher.Site) (o config.Outlet, comments string) {
	o.Outlet, _ = outletOf(a.cfg.Load(), site.URL)
	if o.Name == hostName(site.URL) && site.Name != "" {
		o.Name = site.Name
	}
	languages := map[string]int{}
	for _, p := range site.Proposals {
		if p.Problem != "" {
			comments += fmt.Sprintf("# left out: %s (%s): %s\n", p.Source.URL, p.From, strings.ReplaceAll(p.Problem, "\n", " "))
			continue
		}
		s := config.Source{Source: p.Source, Enabled: true, Seen: seen(p, time.Now())}
		if p.Title != "" && p.Title != o.Name {
			s.Note = p.Title
		}
		if p.Source.Kind == news.Page && len(o.Sources) > 0 {
			s.Enabled, s.Note = false, "the feed has what is new; this listing is for when it falls silent"
		}
		o.Sources = append(o.Sources, s)
		for _, it := range p.Items {
			countLanguage(languages, it.Title, cmp.Or(it.Lang, p.Lang, site.Lang))
		}
	}
	if len(o.Languages) == 0 {
		o.Languages = spoken(languages)
	}
	return o, comments
}

func seen(p fetcher.Proposal, now time.Time) string {
	words := fmt.Sprintf("%s, silkwire discover: %s, %d items", now.UTC().Format("2006-01-02"), p.From, len(p.Items))
	if newest := p.Newest(); !newest.IsZero() {
		words += ", the newest of " + newest.UTC().Format("2006-01-02")
	}
	return words
}

func countLanguage(languages map[string]int, title, declared string) {
	likely := text.Detect(title)
	if l := text.ParseLang(declared); l != text.Und {
		likely = likely.Favour(l)
	}
	if l, p := likely.Best(); l != text.Und && p > 0.5 {
		languages[l.String()]++
	}
}

// spoken are the languages in which at least a tenth is written, the most
// frequent first.
func spoken(languages map[string]int) (out []string) {
	all := 0
	for l, n := range languages {
		all += n
		out = append(out, l)
	}
	out = slices.DeleteFunc(out, func(l string) bool { return 10*languages[l] < all })
	slices.SortFunc(out, func(x, y string) int {
		return cmp.Or(cmp.Compare(languages[y], languages[x]), cmp.Compare(x, y))
	})
	return out
}

func printProposal(out io.Writer, o config.Outlet, comments string) error {
	_, err := fmt.Fprintf(out, "%s%s", config.YAML([]config.Outlet{o}), comments)
	return err
}
