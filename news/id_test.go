package news

import "testing"

func TestOneAddressHasOneKey(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"http://www.Daryo.uz/2026/11/21/slug/", "https://daryo.uz/2026/11/21/slug"},
		{"https://24.kg/news/1?utm_source=rss&utm_medium=x", "https://24.kg/news/1"},
		{"https://24.kg/news/1#comments", "https://24.kg/news/1"},
		{"https://kun.uz:443/a", "https://kun.uz/a"},
		{"https://example.org/a/index.html", "https://example.org/a/"},
	} {
		if URLKey(c.a) != URLKey(c.b) {
			t.Errorf("%q and %q: %q, %q", c.a, c.b, URLKey(c.a), URLKey(c.b))
		}
	}
	for _, c := range []struct{ a, b string }{
		{"https://example.org/?id=1", "https://example.org/?id=2"},
		{"https://ru.example.org/a", "https://kk.example.org/a"},
		{"https://example.org/A", "https://example.org/a"},
	} {
		if URLKey(c.a) == URLKey(c.b) {
			t.Errorf("%q and %q are two addresses", c.a, c.b)
		}
	}
}

func TestWhatIsNoWebAddressHasNoKey(t *testing.T) {
	for _, raw := range []string{"", "javascript:alert(1)", "file:///etc/passwd", "mailto:a@example.org", "//example.org/a", "::"} {
		if key := URLKey(raw); key != "" {
			t.Errorf("%q: key %q", raw, key)
		}
	}
}

func TestTrackingIsTakenOffAndNothingElse(t *testing.T) {
	for raw, want := range map[string]string{
		"https://24.kg/news/1?utm_source=rss#top": "https://24.kg/news/1#top",
		"https://24.kg/?id=7&fbclid=x&b=%20":      "https://24.kg/?id=7&b=%20",
		"https://24.kg/a?b=c":                     "https://24.kg/a?b=c",
	} {
		if got := Untracked(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func FuzzURLKey(f *testing.F) {
	f.Add("https://www.example.org/a/?utm_source=x#y")
	f.Fuzz(func(t *testing.T, raw string) {
		if c := CanonicalURL(raw); c != "" {
			if again := CanonicalURL(c); again != c {
				t.Errorf("%q: canonical %q, again %q", raw, c, again)
			}
			if URLKey(c) != URLKey(raw) {
				t.Errorf("%q and its canonical form have different keys", raw)
			}
		}
	})
}
