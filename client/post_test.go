package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAPostingArrivesAsItIsAndFollowsNobody(t *testing.T) {
	heard := make(chan string, 2)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard <- strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("Webhook-Id"), string(body)}, " ")
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(s.Close)
	resp, err := open().Post(context.Background(), Posting{
		URL: s.URL + "/hook", ContentType: "application/json", Header: map[string]string{"Webhook-Id": "e1"}, Body: []byte(`{"a":1}`),
	})
	if err != nil || resp.Status != http.StatusTemporaryRedirect {
		t.Fatalf("%+v %v", resp, err)
	}
	if got := <-heard; got != `POST /hook application/json e1 {"a":1}` || len(heard) != 0 {
		t.Errorf("%q, and %d more", got, len(heard))
	}
}

func TestAPostingToOurOwnNetworkIsRefused(t *testing.T) { // S1
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(s.Close)
	_, err := New(Options{}).Post(context.Background(), Posting{URL: s.URL, Body: []byte("x")})
	var e *Error
	if !errors.As(err, &e) || e.Class != Blocked || e.Requests != 0 || reached || !strings.HasPrefix(err.Error(), "POST ") {
		t.Errorf("%v, reached: %v", err, reached)
	}
}

func TestALostAnswerToAPostingSaysThatAServerWasReached(t *testing.T) { // M5
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(s.Close)
	_, err := open().Post(context.Background(), Posting{URL: s.URL, Body: []byte("x")})
	var e *Error
	if !errors.As(err, &e) || e.Requests != 1 {
		t.Errorf("%+v", err)
	}
}

func TestAServerThatWantsToBeLeftAloneSaysForHowLong(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0, "Sat, 21 Nov 2026 12:10:00 GMT": 10 * time.Minute, "Sat, 21 Nov 2026 11:10:00 GMT": 0,
	} {
		r := &Response{Header: http.Header{"Retry-After": {value}}}
		if got := r.RetryAfter(now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
