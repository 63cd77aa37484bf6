// Package web shows what the archive holds: the newest items, one item with
// its evidence in the text, the state of every source, the digests and the
// concepts, as pages for people and as JSON and metrics for machines.
//
// Whatever a request asks for comes from the store, so the
// pages are the same after a restart and in a process of their own. A page is
// one file: its struct, its handler and its template. There is no inline code
// or style on any page and nothing is loaded from elsewhere, so that the
// content security policy can forbid both.
package web

import (
	"context"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"silkwire/account"
	"silkwire/news"
	"silkwire/people"
	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
	"silkwire/taxonomy"
	"silkwire/words"
)

// Options say what a [Server] shows. Store and Taxonomy must be set; the rest
// may be left out.
type Options struct {
	Store    store.Store
	Taxonomy *taxonomy.Taxonomy
	Outlets  []news.Outlet

	// Sources returns the sources that are configured at this moment.
	Sources func() []SourceInfo

	// Edition renders the content of a digest as a fragment of a page,
	// without scripts and styles of its own. Without it only the deliveries
	// are shown.
	Edition func(store.Edition) (template.HTML, error)

	// Mail renders a digest as a mail shows it, as a whole document. Without
	// it there is no preview of mails.
	Mail func(store.Edition) (string, error)

	// Act does to a source what somebody asks for: "visit" it as soon as its
	// floor allows, "pause" or "resume" it. Without it the status page has no
	// buttons.
	Act func(ctx context.Context, source news.SourceID, act, who string) error

	// Profiles keeps the digests; nil: they are not shown. NewProfile are the
	// fields of one of which nothing is said yet.
	Profiles   Profiles
	NewProfile map[string]string

	// Unsubscribe reads the token of a link out of a digest. Without it no
	// link is valid.
	Unsubscribe func(token string) (store.Subscription, error)

	// Meaning says in words what a feature of the relevance is, such as "an
	// instrument of influence is named". Without it features go by their names.
	Meaning func(feature string) string

	// Reckoning says in words how the score of a tag came about. Without it
	// scores stand alone.
	Reckoning func(*news.Tagging, *news.Tag) string

	// Search says how queries are read. Names and Values are filled in from
	// Taxonomy and Outlets where they are nil.
	Search search.Options

	// Clusters are the keyword clusters to begin with; nil: those of tally.
	Clusters []tally.Cluster

	// Ready reports whether the program can do its work, and what keeps it
	// from it. Nil means that it always can.
	Ready func() (ok bool, why string)

	Version  string
	BaseURL  string   // "https://silkwire.example.org"; its host is answered to
	Listen   string   // "127.0.0.1:8080"; its host is answered to
	Hosts    []string // more host names to answer to, beside those of loopback
	Contact  bool     // fetch.contact is set
	Warnings []string // what the operator should know, in sentences
	Double   float64  // the share of items that two analysts read without seeing each other's verdicts
	Demo     bool     // the made-up world of the demo is shown, and everybody is its analyst

	// People look after accounts; nil is an office over Store.
	People *people.Office

	// Elsewhere signs people in with another service, whose name is
	// ElsewhereName; nil: nobody does.
	Elsewhere     Elsewhere
	ElsewhereName string

	SignIn         bool           // others than this machine can ask: nobody reads without an account
	StatusPublic   bool           // the status page is for everybody
	InClear        bool           // passwords may come over http from elsewhere; the operator said so
	TrustedProxies []netip.Prefix // whose X-Forwarded headers count
	ProxyHeader    string         // in which a trusted proxy names the user; "": none does

	Zone *time.Location   // of the times on pages; nil is UTC
	Now  func() time.Time // nil is time.Now
	Log  *slog.Logger     // nil is silent
}

// SourceInfo is a source as it is configured.
type SourceInfo struct {
	Source   news.Source
	Enabled  bool
	Note     string // what is known of it: who saw it working, and when
	Schedule string // how often it is visited, in words, or as cron writes it
}

// Server answers requests in one language; what it does not answer in its own
// it hands to the one that does. It may be used by many goroutines.
type Server struct {
	*shared
	words *words.Language
	pages pages
}

// shared is what the servers of all languages have in common.
type shared struct {
	Options
	assets  assets
	known   atomic.Pointer[known]
	handler http.Handler
	counts  counts
	trusted trusted
	corpora corpora
	exports chan struct{} // one in it for each file that is being written

	catalogue *words.Catalogue
	speakers  map[string]*Server // by language

	who func(*http.Request) (visitor, error)
}

// known is the part of the configuration that a reload may change.
type known struct {
	outlets  map[news.OutletID]news.Outlet
	order    []news.Outlet
	search   search.Options
	warnings []string
	contact  bool
	clusters []tally.Cluster
}

// counts are refusals and mishaps since the start, for the metrics.
type counts struct {
	foreignHost, crossOrigin, panics atomic.Int64
	denied, signInFailed, throttled  atomic.Int64
}

// New returns a server. It panics if a template or a file of words that is
// built in is broken, which a test rules out.
func New(o Options) *Server {
	if o.Sources == nil {
		o.Sources = func() []SourceInfo { return nil }
	}
	if o.Ready == nil {
		o.Ready = func() (bool, string) { return true, "" }
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.People == nil {
		o.People = people.New(o.Store, o.Now)
	}
	catalogue, err := words.Load()
	if err != nil {
		panic(err)
	}
	all := &shared{Options: o, assets: loadAssets(), exports: make(chan struct{}, exportsAtOnce), catalogue: catalogue, speakers: map[string]*Server{}}
	for _, l := range catalogue.All() {
		all.speakers[l.Tag] = &Server{shared: all, words: l, pages: parsePages(l)}
	}
	s := all.speakers[catalogue.English().Tag]
	s.Reconfigure(o.Outlets, o.Warnings, o.Contact, o.Clusters)
	s.who = s.identify
	s.handler = s.guarded(s.inTheirLanguage())
	return s
}

// Handler returns the handler for everything, guards included.
func (s *Server) Handler() http.Handler { return s.handler }

// Reconfigure puts a reloaded configuration in the place of the one in force.
func (s *Server) Reconfigure(outlets []news.Outlet, warnings []string, contact bool, clusters []tally.Cluster) {
	k := &known{outlets: map[news.OutletID]news.Outlet{}, order: outlets, search: s.Search, warnings: warnings, contact: contact, clusters: clusters}
	for _, o := range outlets {
		k.outlets[o.ID] = o
	}
	if k.search.Names == nil && s.Taxonomy != nil {
		k.search.Names = names{s.Taxonomy}
	}
	if k.search.Values == nil {
		k.search.Values = values(outlets)
	}
	s.known.Store(k)
}

// route is one address, the least role that it needs, and who answers it.
type route struct {
	pattern string
	role    account.Role
	handler http.HandlerFunc
}

// table lists every address. What is read with GET changes nothing; what
// changes something is sent with POST, PUT, PATCH or DELETE, to pages as a form
// and to the API as JSON (see [takes]).
func (s *Server) table() []route {
	status := account.Viewer
	if s.StatusPublic {
		status = account.Nobody
	}
	list := []route{
		{"GET /{$}", account.Viewer, s.page("items", s.itemsPage)},
		{"GET /items/{id}", account.Viewer, s.page("item", s.itemPage)},
		{"GET /status", status, s.page("status", s.statusPage)},
		{"GET /editions", account.Viewer, s.page("editions", s.editionsPage)},
		{"GET /editions/{id}", account.Viewer, framing(s.page("edition", s.editionPage))},
		{"GET /profiles", account.Viewer, s.page("profiles", s.profilesPage)},
		{"POST /profiles", account.Analyst, s.saveProfile},
		{"GET /profiles/new", account.Analyst, s.page("profile", s.newProfilePage)},
		{"GET /profiles/{id}", account.Viewer, s.page("profile", s.profilePage)},
		{"POST /profiles/{id}/pause", account.Analyst, s.act(s.pauseProfile)},
		{"POST /profiles/{id}/resume", account.Analyst, s.act(s.resumeProfile)},
		{"POST /profiles/{id}/back", account.Analyst, s.act(s.haveBack)},
		{"GET /mails/{id}", account.Viewer, s.mailView},
		{"GET /editions/feed/{file}", account.Viewer, s.editionFeed},
		{"GET /concepts", account.Viewer, s.page("concepts", s.conceptsPage)},
		{"GET /concepts/{id}", account.Viewer, s.page("concept", s.conceptPage)},

		{"GET /unsubscribe/{token}", account.Nobody, s.page("unsubscribe", s.askUnsubscribe)},
		{"POST /sources/{id}/{act}", account.Analyst, s.act(s.actOnSource)},
		{"POST /unsubscribe/{token}", account.Nobody, s.page("unsubscribe", s.unsubscribe)},
		{"GET /review", account.Analyst, s.anyPage(s.reviewPage)},
		{"GET /trust", account.Viewer, s.page("trust", s.trustPage)},
		{"GET /api/v1/items/{id}/reviews", account.Viewer, s.api(s.apiItemReviews)},
		{"POST /api/v1/items/{id}/reviews", account.Analyst, s.apiPostReview},
		{"GET /api/v1/trust", account.Viewer, s.api(s.apiTrust)},
		{"POST /items/{id}/reviews", account.Analyst, s.act(s.postReviews)},
		{"POST /review/undo", account.Analyst, s.act(s.undo)},
		{"POST /review/samples", account.Analyst, s.act(s.drawSample)},
		{"GET /counts", account.Viewer, s.page("counts", s.countsPage)},
		{"GET /counts/matrix", account.Viewer, s.counting(matrixView)},
		{"GET /counts/series", account.Viewer, s.counting(seriesView)},
		{"GET /counts/compare", account.Viewer, s.counting(compareView)},
		{"GET /counts/clusters", account.Viewer, s.counting(clustersView)},
		{"GET /counts/concordance", account.Viewer, s.counting(concordanceView)},
		{"GET /counts/convergence", account.Viewer, s.counting(convergenceView)},
		{"GET /counts/convergence/pair", account.Viewer, s.counting(pairView)},
		{"POST /counts/convergence/pair", account.Analyst, s.act(s.postRelation)},
		{"GET /counts/reception", account.Viewer, s.counting(receptionView)},
		{"GET /counts/spectrum", account.Viewer, s.counting(spectrumView)},
		{"GET /counts/horizon", account.Viewer, s.counting(horizonView)},
		{"GET /counts/sco", account.Viewer, s.counting(scoView)},
		{"GET /countries", account.Viewer, s.counting(countriesView)},
		{"GET /countries/{id}", account.Viewer, s.counting(countryView)},
		{"GET /institutions", account.Viewer, s.counting(institutionsView)},
		{"GET /institutions/{id}", account.Viewer, s.counting(institutionView)},
		{"GET /ledger", account.Viewer, s.counting(ledgerView)},
		{"GET /claims", account.Viewer, s.counting(claimsView)},

		{"GET /sign-in", account.Nobody, s.page("sign-in", s.signInPage)},
		{"POST /sign-in", account.Nobody, s.signIn},
		{"POST /sign-out", account.Nobody, s.signOut},
		{"GET /setup", account.Nobody, s.page("setup", s.setupPage)},
		{"POST /setup", account.Nobody, s.setUp},
		{"GET /account", account.Viewer, s.page("account", s.accountPage)},
		{"POST /account/password", account.Viewer, s.ownAccount(s.changePassword)},
		{"POST /account/tokens", account.Viewer, s.ownAccount(s.makeToken)},
		{"POST /account/end", account.Viewer, s.ownAccount(s.endPass)},
		{"GET /people", account.Admin, s.page("people", s.peoplePage)},
		{"POST /people", account.Admin, s.changePeople(s.addUser)},
		{"POST /people/role", account.Admin, s.changePeople(s.setRole)},
		{"POST /people/password", account.Admin, s.changePeople(s.resetPassword)},
		{"POST /people/disable", account.Admin, s.changePeople(s.disableUser)},
		{"POST /people/enable", account.Admin, s.changePeople(s.enableUser)},
		{"GET /audit", account.Admin, s.page("audit", s.auditPage)},

		{"GET /export", account.Viewer, s.export},
		{"GET /export/codebook", account.Viewer, s.codebook},
		{"GET /snapshots/{snapshot}", account.Viewer, s.inTurn(s.page("snapshot", s.snapshotPage))},
		{"GET /feed.atom", account.Viewer, s.feed},

		{"GET /version", account.Viewer, s.api(s.version)},
		{"GET /livez", account.Nobody, s.live},
		{"GET /healthz", account.Nobody, s.live},
		{"GET /readyz", account.Nobody, s.ready},
		{"GET /metrics", account.Viewer, s.metrics},

		{"GET /api", account.Viewer, s.page("api", s.apiPage)},
		{"GET /api/openapi.json", account.Viewer, s.openAPIDocument},
		{"GET /api/v1/status", account.Viewer, s.api(s.apiStatus)},
		{"GET /api/v1/items", account.Viewer, s.api(s.apiItems)},
		{"GET /api/v1/items/{id}", account.Viewer, s.api(s.apiItem)},
		{"GET /api/v1/concepts", account.Viewer, s.api(s.apiConcepts)},
		{"GET /api/v1/sources", account.Viewer, s.api(s.apiSources)},
		{"GET /api/v1/editions", account.Viewer, s.api(s.apiEditions)},
		{"GET /api/v1/matrix", account.Viewer, s.api(s.apiMatrix)},
		{"GET /api/v1/series", account.Viewer, s.api(s.apiSeries)},
		{"GET /api/v1/relations", account.Viewer, s.api(s.apiRelations)},
		{"POST /api/v1/relations", account.Analyst, s.apiPostRelation},
		{"GET /api/v1/items.atom", account.Viewer, s.feed},
		{"GET /api/v1/export", account.Viewer, s.export},
		{"GET /api/v1/codebook", account.Viewer, s.codebook},
		{"GET /api/v1/snapshots/{snapshot}", account.Viewer, s.inTurn(s.api(s.apiSnapshot))},

		{"GET /static/{file}", account.Nobody, s.static},
	}
	list = append(list, s.languageRoute())
	if s.Elsewhere != nil {
		list = append(list, route{"GET /sign-in/elsewhere", account.Nobody, s.goElsewhere}, route{"GET " + ReturnPath, account.Nobody, s.comeBack})
	}
	return list
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range s.table() {
		mux.HandleFunc(r.pattern, s.allowed(r))
	}
	return mux
}

// outlet returns an outlet; one that is configured no more keeps its id as a name.
func (s *Server) outlet(id news.OutletID) news.Outlet {
	if o, ok := s.known.Load().outlets[id]; ok {
		return o
	}
	return news.Outlet{ID: id, Name: string(id)}
}
