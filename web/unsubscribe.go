package web

import (
	"context"
	"net/http"

	"silkwire/store"
)

// unsubscribePath is where the links out of digests lead. It is the one address
// that takes a POST from anywhere and anybody, as mail programs send it (RFC
// 8058): what it does stands in its token, which only we can write.
const unsubscribePath = "/unsubscribe/"

// unsubscribePage is templates/unsubscribe.html: it asks whether to leave, or
// says that it is done. It names no digest and no reader to a stranger.
type unsubscribePage struct {
	frame
	Profile, Recipient string
	Action             string
	Done               bool
}

// askUnsubscribe shows what a click would do, and does nothing: programs that
// look at every link of a mail come here too (M23).
func (s *Server) askUnsubscribe(r *http.Request) (framed, error) {
	sub, err := s.subscription(r)
	if err != nil {
		return nil, err
	}
	return &unsubscribePage{
		frame: frame{Title: s.say("Leave a digest")}, Profile: oneLine(sub.Profile, 60), Recipient: oneLine(sub.Recipient, 200),
		Action: r.URL.EscapedPath(), Done: sub.Off,
	}, nil
}

// unsubscribe does it. Doing it again changes nothing.
func (s *Server) unsubscribe(r *http.Request) (framed, error) {
	sub, err := s.subscription(r)
	if err != nil {
		return nil, err
	}
	if !sub.Off {
		sub.Off, sub.Changed = true, s.Now()
		if err := s.Store.PutSubscription(context.WithoutCancel(r.Context()), sub); err != nil {
			return nil, err
		}
		s.audit(r, "leave", "subscription of "+sub.Recipient+" to "+sub.Profile, nil, sub)
		s.Log.Info("a reader left a digest", "request", idOf(r), "profile", sub.Profile)
	}
	return &unsubscribePage{
		frame: frame{Title: s.say("You have left the digest")}, Profile: oneLine(sub.Profile, 60), Recipient: oneLine(sub.Recipient, 200), Done: true,
	}, nil
}

// subscription is the one that a link names, as it stands.
func (s *Server) subscription(r *http.Request) (store.Subscription, error) {
	refused := failure{Code: http.StatusForbidden, Kind: "token", Detail: "This link is not valid, or not any more. A newer digest has a newer link."}
	if s.Unsubscribe == nil {
		return store.Subscription{}, refused
	}
	asked, err := s.Unsubscribe(r.PathValue("token"))
	if err != nil {
		return store.Subscription{}, refused
	}
	sub, err := s.Store.Subscription(r.Context(), asked.Profile, asked.Recipient)
	if err != nil {
		return sub, err
	}
	if sub.Generation != asked.Generation {
		return sub, refused
	}
	return sub, nil
}
