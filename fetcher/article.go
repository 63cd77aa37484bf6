package fetcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"silkwire/fetcher/extract"
	"silkwire/news"
)

// ParsePage reads one article page on its own, as ParseFile reads any
// document, and returns also what the page calls itself.
func ParsePage(ctx context.Context, name string, data []byte, base, contentType string, at time.Time) (it news.Item, canonical string, err error) {
	if reason := notText(data, contentType); reason != "" {
		return it, "", fmt.Errorf("read %s: %w", name, errors.New(reason))
	}
	content, err := extract.Page(ctx, decode(data, contentType).Text, base, extract.Rule{}, extract.Options{})
	if err != nil && content.Text == "" {
		return it, "", fmt.Errorf("read %s: %w", name, err)
	}
	it.URL = first(base, content.Canonical)
	fillArticle(&it, content, parseContext{Base: base, At: at, Zone: time.UTC})
	return it, content.Canonical, nil
}
