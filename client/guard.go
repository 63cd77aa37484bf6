package client

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

// errRefused is what the guard says of an address it does not open. It is
// never shown: see [Error.Error].
var errRefused = errors.New("address refused")

// guard decides, at the moment of connecting and on the address that will be
// dialled, whether a connection may be made. A name that resolves to a public
// address now and to a private one later gains nothing by it.
type guard struct {
	prefixes []netip.Prefix
	hosts    []string
	ports    []uint16
}

// global6 is the only part of IPv6 that is handed out for the public internet.
var global6 = netip.MustParsePrefix("2000::/3")

// special are the ranges that look public and are not (RFC 6890 and the IANA
// registries that follow it), IPv6 only where inside 2000::/3.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), // Teredo, ORCHID, benchmarking …
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4: an IPv4 address in disguise
	netip.MustParsePrefix("3fff::/20"),
}

// Public reports whether addr is an address of the public internet.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || addr.Is6() && !global6.Contains(addr) {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// opened reports whether the operator opened addr, or the host it belongs to.
func (g *guard) opened(host string, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return g.openedHost(host) ||
		slices.ContainsFunc(g.prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func (g *guard) openedHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return slices.Contains(g.hosts, host)
}

// check says whether a connection to addr for host may be made.
func (g *guard) check(host string, addr netip.AddrPort) error {
	if g.opened(host, addr.Addr()) {
		return nil
	}
	if !Public(addr.Addr()) {
		return errRefused
	}
	if port := addr.Port(); port != 80 && port != 443 && !slices.Contains(g.ports, port) {
		return errRefused
	}
	return nil
}

// control is the hook of net.Dialer that sees the address about to be dialled.
func (g *guard) control(host string) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		addr, err := netip.ParseAddrPort(address)
		if err != nil {
			return errRefused
		}
		return g.check(host, addr)
	}
}

// checkName is the guard for a dialler that takes names, as tests with a world
// in memory have: a literal address is checked, a name only for its port.
func (g *guard) checkName(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return errRefused
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return nil
	}
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return errRefused
	}
	return g.check(host, addr)
}

// Private reports whether rawURL lies on a host that allow_private opened: a
// name or an address listed there, or a name all of whose addresses are. Such
// hosts are the operator's own, and rates of politeness do not bind there.
func (c *Client) Private(ctx context.Context, rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" {
		return false
	}
	host := u.Hostname()
	if c.guard.openedHost(host) {
		return true
	}
	if len(c.guard.prefixes) == 0 {
		return false
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return c.guard.opened(host, addr)
	}
	addrs, err := c.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addrs) == 0 {
		return false
	}
	return !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !c.guard.opened(host, a) })
}
