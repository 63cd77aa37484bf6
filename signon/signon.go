// Package signon signs people in with an OpenID provider: the code flow with
// PKCE, state and nonce, and an exact address to come back to. It says whom the
// provider vouches for; whether that is a user here, others know.
package signon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Options say which provider, and as whom we ask it.
type Options struct {
	Issuer   string
	ClientID string
	Secret   string
	Claim    string // that names the user: email (which must be verified), preferred_username or sub
	Return   string // the address that the provider sends people back to
	HTTP     *http.Client
	Now      func() time.Time // nil is time.Now
}

// Provider is where people sign in. It is asked about itself when it is first
// needed, so that Silkwire starts without it.
type Provider struct {
	Options

	mu      sync.Mutex
	found   *oidc.Provider
	pending map[[32]byte]journey // by the hash of what the browser keeps
}

// journey is a sign-in that has begun.
type journey struct {
	state, nonce, verifier string
	next                   string
	until                  time.Time
}

const (
	journeyTime  = 10 * time.Minute
	mostJourneys = 1000
)

// New returns a provider.
func New(o Options) *Provider {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Provider{Options: o, pending: map[[32]byte]journey{}}
}

// Refusal is why somebody is not signed in, in words for them.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// PlainWords are fit for a page.
func (r Refusal) PlainWords() string { return string(r) }

// Refusals that people can do something about.
const (
	ErrStale      Refusal = "signing in took too long, or began in another browser; begin again"
	ErrDeclined   Refusal = "the sign-in was called off over there"
	ErrUnverified Refusal = "your mail address is not verified over there, so that it proves nothing here"
	ErrNameless   Refusal = "the service over there does not say who you are; the operator should look at oidc.claim"
)

// Begin returns where to send the browser, and what it has to keep until it
// comes back. After that it goes on to next.
func (p *Provider) Begin(ctx context.Context, next string) (to, keep string, err error) {
	config, _, err := p.config(ctx)
	if err != nil {
		return "", "", err
	}
	keep = rand.Text()
	j := journey{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), next: next, until: p.Now().Add(journeyTime)}
	p.remember(keep, j)
	return config.AuthCodeURL(j.state, oidc.Nonce(j.nonce), oauth2.S256ChallengeOption(j.verifier)), keep, nil
}

// End returns the name that the provider vouches for, when the browser has
// come back with what it kept and with the provider's answer.
func (p *Provider) End(ctx context.Context, keep string, answer url.Values) (name, next string, err error) {
	j, ok := p.recall(keep)
	if !ok || subtle.ConstantTimeCompare([]byte(j.state), []byte(answer.Get("state"))) != 1 {
		return "", "", ErrStale
	}
	switch {
	case answer.Get("error") == "access_denied":
		return "", "", ErrDeclined
	case answer.Get("error") != "":
		return "", "", fmt.Errorf("the provider answers %q", answer.Get("error"))
	case answer.Has("iss") && answer.Get("iss") != p.Issuer: // RFC 9207
		return "", "", errors.New("the answer comes from another provider")
	}
	name, err = p.redeem(ctx, answer.Get("code"), j)
	return name, j.next, err
}

// redeem turns a code into the name of whom it was given to.
func (p *Provider) redeem(ctx context.Context, code string, j journey) (string, error) {
	config, found, err := p.config(ctx)
	if err != nil {
		return "", err
	}
	ctx = oidc.ClientContext(ctx, p.HTTP)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(j.verifier))
	if err != nil {
		return "", fmt.Errorf("exchanging the code: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", errors.New("the provider gives no id_token")
	}
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return "", fmt.Errorf("the id_token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(j.nonce)) != 1 {
		return "", errors.New("the id_token has another nonce")
	}
	return p.nameIn(id)
}

// nameIn reads the claim that names the user.
func (p *Provider) nameIn(id *oidc.IDToken) (string, error) {
	var claims struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // some write it as a text
		Username string `json:"preferred_username"`
	}
	if err := id.Claims(&claims); err != nil {
		return "", fmt.Errorf("the id_token: %w", err)
	}
	name := map[string]string{"email": claims.Email, "preferred_username": claims.Username, "sub": id.Subject}[p.Claim]
	switch {
	case p.Claim == "email" && name != "" && claims.Verified != true && claims.Verified != "true":
		return "", ErrUnverified
	case name == "":
		return "", ErrNameless
	}
	return name, nil
}

// config asks the provider about itself, once it answers never again.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found == nil {
		var err error
		if found, err = oidc.NewProvider(oidc.ClientContext(ctx, p.HTTP), p.Issuer); err != nil {
			return nil, nil, fmt.Errorf("asking %s about itself: %w", p.Issuer, err)
		}
		p.mu.Lock()
		p.found = found
		p.mu.Unlock()
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: p.Return, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, found, nil
}

// remember keeps a journey, and makes room for it.
func (p *Provider) remember(keep string, j journey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, other := range p.pending {
		if !p.Now().Before(other.until) || len(p.pending) >= mostJourneys {
			delete(p.pending, key)
		}
	}
	p.pending[sha256.Sum256([]byte(keep))] = j
}

// recall returns a journey once.
func (p *Provider) recall(keep string) (journey, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := sha256.Sum256([]byte(keep))
	j, ok := p.pending[key]
	delete(p.pending, key)
	return j, ok && p.Now().Before(j.until)
}
