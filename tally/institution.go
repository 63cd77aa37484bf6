package tally

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
)

// Institution is one entry of the registry: an institution at a place, as the
// archive tells of it.
type Institution struct {
	Concept  news.ConceptID
	State    news.ConceptID // behind it
	Place    news.ConceptID // "" where no sentence says it
	Country  news.ConceptID
	Partners []news.ConceptID // schools and universities named in the same sentence, the most frequent first
	First    Cite
	Last     Cite
	Items    int
	Opened   *Cite // the first sentence that tells of an opening
	Closed   *Cite // the last that tells of a closure

	partners map[news.ConceptID]int
	seen     map[news.ItemID]bool
}

// Registry gathers institutions from items that come with their text.
type Registry struct {
	tax   *taxonomy.Taxonomy
	ids   []news.ConceptID
	at    map[[2]news.ConceptID]*Institution
	order []*Institution
}

// NewRegistry returns an empty registry.
func NewRegistry(tax *taxonomy.Taxonomy) *Registry {
	return &Registry{tax: tax, ids: Institutions(tax), at: map[[2]news.ConceptID]*Institution{}}
}

// campuses are places in the taxonomy that are run from abroad, with the state
// behind each.
var campuses = map[news.ConceptID]news.ConceptID{
	"msu-astana": "russia", "atiso-almaty": "russia", "mesi-oskemen": "russia", "chelyabinsk-kostanay": "russia", "gup-almaty": "russia", "mai-baikonur": "russia",
	"kyrgyz-russian-slavic-university": "russia", "russian-tajik-slavonic-university": "russia", "pushkin-school-turkmenistan": "russia", "specialised-schools-kyrgyzstan": "",
	"kazakh-american-university": "united-states",
}

// kinds are the instruments that an institution of the registry stands for.
var kinds = []news.ConceptID{
	"cultural-centre", "language-promotion", "university-branch", "joint-university", "foreign-run-school", "resource-hub", "religious-education", "expert-training",
}

// agencies stand for the same instruments, but run them from home.
var agencies = []news.ConceptID{"hanban", "cief", "clec", "russkiy-mir-foundation", "iccr", "india-itec", "adenauer-foundation", "ebert-foundation", "hanns-seidel-foundation", "rosa-luxemburg-foundation"}

// Institutions are the concepts that the registry knows: houses, schools and
// campuses that an outside actor runs in the region.
func Institutions(tax *taxonomy.Taxonomy) []news.ConceptID {
	var list []news.ConceptID
	for _, c := range tax.Concepts {
		up := append([]news.ConceptID{c.Instrument}, tax.Ancestors(c.Instrument)...)
		runs := c.Facet == taxonomy.ActorInstitution && slices.ContainsFunc(up, func(id news.ConceptID) bool { return slices.Contains(kinds, id) })
		if _, campus := campuses[c.ID]; campus || runs && !slices.Contains(agencies, c.ID) {
			list = append(list, c.ID)
		}
	}
	return list
}

// isSchool reports whether a concept is a school or university rather than a place.
func isSchool(tax *taxonomy.Taxonomy, id news.ConceptID) bool {
	if f := tax.Facet(id); f != taxonomy.Target && f != taxonomy.ActorInstitution {
		return false
	}
	name := strings.ToLower(tax.Name(id))
	return slices.ContainsFunc([]string{"universit", "institute", "school", "academy", "branch", "campus"}, func(w string) bool { return strings.Contains(name, w) })
}

// Add reads an item.
func (r *Registry) Add(it *news.Item) {
	for _, s := range sentences(it) {
		for _, n := range s.named {
			if slices.Contains(r.ids, n.id) {
				r.note(&s, n.id)
			}
		}
	}
}

func (r *Registry) note(s *sentence, id news.ConceptID) {
	place, country := s.place(r.tax)
	if own := slices.DeleteFunc(r.tax.Ancestors(id), func(a news.ConceptID) bool { return r.tax.Facet(a) != taxonomy.Target }); len(own) >= 2 {
		place, country = own[0], own[len(own)-2] // the taxonomy knows where it is
	}
	key := [2]news.ConceptID{id, place}
	in, ok := r.at[key]
	if !ok {
		in = &Institution{Concept: id, State: r.state(id), Place: place, Country: country, partners: map[news.ConceptID]int{}, seen: map[news.ItemID]bool{}}
		r.at[key] = in
		r.order = append(r.order, in)
	}
	in.add(s, r)
}

func (r *Registry) state(id news.ConceptID) news.ConceptID {
	if state, ok := campuses[id]; ok {
		return state
	}
	if c, ok := r.tax.Concept(id); ok && c.State != "" {
		return c.State
	}
	if root := r.tax.Root(id); root != id && r.tax.Facet(root).IsActor() {
		return root
	}
	return ""
}

func (in *Institution) add(s *sentence, r *Registry) {
	cite := s.cite()
	if !in.seen[cite.Item] {
		in.seen[cite.Item] = true
		in.Items++
	}
	if in.First.Time == "" || cite.Time < in.First.Time {
		in.First = cite
	}
	if cite.Time > in.Last.Time {
		in.Last = cite
	}
	for _, n := range s.named {
		if n.id != in.Concept && isSchool(r.tax, n.id) && !slices.Contains(r.ids, n.id) {
			in.partners[n.id]++
		}
	}
	if tells(s.text, openings) && (in.Opened == nil || cite.Time < in.Opened.Time) {
		in.Opened = &cite
	}
	if tells(s.text, closures) && (in.Closed == nil || cite.Time >= in.Closed.Time) {
		in.Closed = &cite
	}
}

// List is the registry, by state, institution and place. Where a sentence names
// no place, the entry has none.
func (r *Registry) List() []Institution {
	list := make([]Institution, 0, len(r.order))
	for _, in := range r.order {
		for id := range in.partners {
			in.Partners = append(in.Partners, id)
		}
		slices.SortFunc(in.Partners, func(a, b news.ConceptID) int {
			return cmp.Or(cmp.Compare(in.partners[b], in.partners[a]), cmp.Compare(a, b))
		})
		list = append(list, *in)
	}
	slices.SortFunc(list, func(a, b Institution) int {
		return cmp.Or(cmp.Compare(last(a.State), last(b.State)), cmp.Compare(a.Concept, b.Concept), cmp.Compare(b.Items, a.Items), cmp.Compare(a.Place, b.Place))
	})
	return list
}

// last puts what has no state behind all that have one.
func last(state news.ConceptID) news.ConceptID { return cmp.Or(state, "~") }

// openings and closures are the words by which a sentence tells that an
// institution began or ended, in the languages that are read. A star stands
// for any ending.
var openings = cues(`opened opens launched inaugurated unveiled established founded
	открыл* открыт* откро* открыва* основан* создан* учрежд*
	ochildi ochdi ochilgan ochilishi tashkil
	ашылды ашты ашылған ашылуы құрылды
	ачылды ачты ачылган ачылышы түзүлдү
	кушода ифтитоҳ таъсис
	açyldy açdy açylyş
	açıldı açtı açılışı kuruldu
	开馆 揭牌 成立 开设 启用 开幕
	افتتاح گشایش تأسیس`)

var closures = cues(`closed closes closure shut terminated
	закрыл* закрыт* закро* закрыва* прекратил*
	yopildi yopdi yopilgan yopilishi tugatildi
	жабылды жапты жабылған жабылуы
	жабылган жабылышы
	баста пӯшида
	ýapyldy ýapdy
	kapatıldı kapandı kapatılması
	关闭 停办 关停
	تعطیل بسته`)

// cue is a word to look for, folded; or a run of Chinese characters.
type cue struct {
	word   string
	prefix bool
	runes  bool
}

func cues(list string) []cue {
	var out []cue
	for w := range strings.FieldsSeq(list) {
		stem, prefix := strings.CutSuffix(w, "*")
		han := strings.ContainsFunc(stem, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		if folded := search.Fold(stem); len(folded) == 1 && !han {
			stem = inLatin(folded[0])
		}
		out = append(out, cue{stem, prefix, han})
	}
	return out
}

// inLatin is a folded word in one script, so that both of Uzbek's are one.
func inLatin(word string) string { return string(search.AppendKey(nil, []byte(word))) }

func tells(text string, list []cue) bool {
	words := search.Fold(text)
	for i := range words {
		words[i] = inLatin(words[i])
	}
	return slices.ContainsFunc(list, func(c cue) bool {
		switch {
		case c.runes:
			return strings.Contains(text, c.word)
		case c.prefix:
			return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, c.word) })
		}
		return slices.Contains(words, c.word)
	})
}
