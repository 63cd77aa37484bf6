package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// parseTarget reads an address we may go to: http or https, with a host,
// without userinfo and fragment.
func parseTarget(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, errors.New("not a readable address")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not http or https", u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, errors.New("the address names no host")
	}
	u.User = nil
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

func redirects(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// target is where a redirect leads, or why we do not go there (N20, N21, N23).
func target(from *url.URL, resp *Response, downgrade bool) (*url.URL, error) {
	location := resp.Header.Get("Location")
	if location == "" {
		return nil, fmt.Errorf("status %d without a Location", resp.Status)
	}
	if len(location) > 8<<10 {
		return nil, errors.New("the Location of a redirect is longer than 8 KiB")
	}
	ref, err := url.Parse(strings.TrimSpace(location))
	if err != nil {
		return nil, errors.New("the Location of a redirect is not a readable address")
	}
	next, err := parseTarget(from.ResolveReference(ref).String())
	if err != nil {
		return nil, fmt.Errorf("redirect refused: %w", err)
	}
	if from.Scheme == "https" && next.Scheme == "http" && !downgrade {
		return nil, errors.New("redirect from https to http refused; set insecure: true for this source to follow it")
	}
	return next, nil
}

// loops reports whether the last hop leads where we have been.
func loops(hops []Hop) bool {
	last := hops[len(hops)-1].To
	for _, hop := range hops {
		if hop.From == last {
			return true
		}
	}
	return false
}
