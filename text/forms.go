package text

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Stem is one way in which the forms of a dictionary word begin, folded, with
// the endings that may follow. A word has one stem or a few: "institut" and
// "instituti", "китаец" and "китайц".
type Stem struct {
	Text    string
	Endings *Endings
}

// Accepts reports whether rest may follow the stem.
func (s Stem) Accepts(rest []byte) bool { return s.Endings.Accept(rest) }

// Endings is a finite-state grammar of what may follow a stem: a row of slots,
// each filled by one of its alternatives. An alternative "" leaves a slot open.
type Endings struct {
	slots [][]string
	any   bool
	// gate, if not zero, is the slot that opens those behind it up to past: as
	// long as it is open itself, they stay open too.
	gate, past int
	// vowelFirst: a stem whose last consonant has softened is followed by a vowel.
	vowelFirst bool
	// nonEmpty: the bare stem is no form of the word.
	nonEmpty bool
}

var (
	// noEnding accepts only the bare word.
	noEnding = &Endings{}
	// AnyEnding accepts everything: a term's "word*".
	AnyEnding = &Endings{any: true}
)

// Accept reports whether the grammar produces rest.
func (e *Endings) Accept(rest []byte) bool {
	switch {
	case e.any:
		return true
	case len(rest) == 0:
		return !e.vowelFirst && !e.nonEmpty
	case e.vowelFirst && !beginsWithVowel(rest):
		return false
	}
	return e.fill(0, rest)
}

// fill reports whether the slots from i on produce rest.
func (e *Endings) fill(i int, rest []byte) bool {
	if len(rest) == 0 {
		return true // every slot that is left may stay open
	}
	if i == len(e.slots) {
		return false
	}
	open := i + 1
	if e.gate > 0 && i == e.gate {
		open = e.past
	}
	if e.fill(open, rest) {
		return true
	}
	for _, alt := range e.slots[i] {
		if len(alt) <= len(rest) && string(rest[:len(alt)]) == alt && e.fill(i+1, rest[len(alt):]) {
			return true
		}
	}
	return false
}

func beginsWithVowel(b []byte) bool {
	r, _ := utf8.DecodeRune(b)
	return IsVowel(r)
}

const vowels = "aeiouyäöüə" + "аеиоуыэюяәіөүұ"

// IsVowel reports whether a folded letter is a vowel, in Latin or Cyrillic.
func IsVowel(r rune) bool { return strings.ContainsRune(vowels, r) }

// slot lists the alternatives of a slot: "lar ler".
func slot(alternatives string) []string { return strings.Fields(alternatives) }

// TermWord is a word of a term with what is known of its place there.
type TermWord struct {
	Folded string
	Case   Case
	Last   bool // the last word of its phrase
	Alone  bool // the only word
	Hyphen bool // a hyphen joins it to the next word
	Head   bool // the noun that is declined, or an adjective of it
}

var docs = sync.Pool{New: func() any { return new(Doc) }}

// Phrase returns the words of a phrase in dictionary form, for [Stems].
func Phrase(l Lang, phrase string) []TermWord { return AppendPhrase(nil, l, phrase) }

// AppendPhrase is [Phrase] that appends to words.
func AppendPhrase(words []TermWord, l Lang, phrase string) []TermWord {
	d := docs.Get().(*Doc)
	defer docs.Put(d)
	d.Scan(phrase)
	folded, first := string(d.folded), len(words)
	for i := range d.Words {
		w := &d.Words[i]
		words = append(words, TermWord{
			Folded: folded[w.foldStart:w.foldEnd], Case: w.Case,
			Last: i == len(d.Words)-1, Alone: len(d.Words) == 1,
			Hyphen: int(w.End) < len(phrase) && phrase[w.End] == '-',
		})
	}
	if l == Ru {
		markHeads(words[first:])
	}
	return words
}

// Declined is a word with no more than its stems depend on: two words that are
// then the same have the same stems. With exact, it stands as it is.
func (w TermWord) Declined(l Lang, exact bool) TermWord {
	out := TermWord{Folded: w.Folded}
	switch {
	case exact:
	case l == Ru && w.Head:
		out.Head, out.Case, out.Alone = true, w.Case, w.Alone
	case l == Fa:
		out.Alone = w.Alone
	case l != En && l != Ru && l != Tg && l != Zh:
		out.Last, out.Alone = w.Last, w.Last && w.Alone
	}
	return out
}

// Stems returns the stems of a word's forms. With exact, it stands as it is; what
// it owns in English may follow (RT's).
func Stems(l Lang, w TermWord, exact bool) []Stem {
	switch {
	case exact && l == En:
		return []Stem{{w.Folded, englishOwner}}
	case exact:
		return []Stem{{w.Folded, noEnding}}
	case shortNumber(w.Folded):
		return []Stem{{w.Folded, afterNumber(l, w.Last)}}
	}
	switch l {
	case En:
		return english(w)
	case Ru:
		return russian(w)
	case UzLatn, UzCyrl:
		return turkic(w, &uzbek)
	case Kk:
		return turkic(w, &kazakh)
	case Ky:
		return turkic(w, &kyrgyz)
	case Tk:
		return turkic(w, &turkmen)
	case Tr:
		return turkic(w, &turkish)
	case Tg:
		return []Stem{{w.Folded, tajikEndings}}
	case Fa:
		return persian(w)
	}
	return []Stem{{w.Folded, noEnding}}
}

// shortNumber holds for "5", "90х", "g7".
func shortNumber(folded string) bool {
	return len(folded) < 8 && strings.ContainsAny(folded, "0123456789") && utf8.RuneCountInString(folded) < 4
}

// afterNumber is what may follow a number that ends a phrase: a case, in the
// Turkic languages ("C5+1'de", "C5+1da").
func afterNumber(l Lang, last bool) *Endings {
	switch {
	case !last:
	case l == UzLatn || l == UzCyrl:
		return uzbek.number
	case l == Kk:
		return kazakh.number
	case l == Ky:
		return kyrgyz.number
	case l == Tk:
		return turkmen.number
	case l == Tr:
		return turkish.number
	}
	return noEnding
}

// turkicGrammar is how a Turkic language inflects nouns. Harmony is not
// enforced: a chain of suffixes is recognised whichever vowels it has, since
// no word of one language ends in a chain of the wrong harmony by accident.
type turkicGrammar struct {
	noun      *Endings // after any stem
	softened  *Endings // after a softened stem: vowel first
	inner     *Endings // what an inner word of a phrase may take
	innerSoft *Endings // after a softened stem: vowel first
	plural    *Endings // after the base of a possessive compound: plural or possessive must follow
	merged    *Endings // after a stem whose last letter is the ending's first
	number    *Endings // after a number
	soften    []string // pairs: hard, soft; words that lose a vowel before the soft consonants
	poss3     []string // third person possessives, longest first
	melt      []string // pairs: a last vowel, and what it becomes with the dative
	melted    *Endings // what follows it
}

func newTurkic(soften, poss3, plural, derivation, possessive, cases, relative, particles, genitive string) turkicGrammar {
	core := [][]string{slot(plural), slot(possessive), slot(cases)}
	again := [][]string{slot(relative), slot(plural), slot(possessive), slot(cases), slot(particles)}
	noun := slices.Concat([][]string{slot(derivation)}, core, again)
	compound := slices.Concat(core, again)
	inner := [][]string{slot(plural), slot(possessive), slot(genitive)}
	return turkicGrammar{
		noun:      &Endings{slots: noun, gate: 4, past: 8},
		softened:  &Endings{slots: noun, gate: 4, past: 8, vowelFirst: true},
		inner:     &Endings{slots: inner},
		merged:    &Endings{slots: noun, gate: 4, past: 8, nonEmpty: true},
		innerSoft: &Endings{slots: inner, vowelFirst: true},
		plural:    &Endings{slots: compound, gate: 3, past: 7, nonEmpty: true},
		number:    &Endings{slots: [][]string{{"'"}, slot(cases), slot(relative)}},
		soften:    slot(soften),
		poss3:     slot(poss3),
	}
}

// turkic returns the stems of a word. A last word that ends in the possessive
// of a compound ("instituti") also has the forms of its base in the plural or
// with another possessive ("institutlari").
func turkic(w TermWord, g *turkicGrammar) []Stem {
	endings, afterSoft := g.noun, g.softened
	if !w.Last {
		endings, afterSoft = g.inner, g.innerSoft
	}
	stems := []Stem{{w.Folded, endings}}
	if soft, ok := softened(w.Folded, g.soften); ok {
		stems = append(stems, Stem{soft, afterSoft})
	}
	if base, ok := strings.CutSuffix(w.Folded, "ст"); ok {
		stems = append(stems, Stem{base + "с", g.merged}) // журналист, журналистер
	}
	if !w.Last {
		return stems
	}
	if dative, ok := softened(w.Folded, g.melt); ok && utf8.RuneCountInString(dative) > 4 {
		stems = append(stems, Stem{dative, g.melted})
	}
	if w.Alone {
		return stems
	}
	for _, p := range g.poss3 {
		base, ok := strings.CutSuffix(w.Folded, p)
		if !ok || utf8.RuneCountInString(base) < 3 {
			continue
		}
		stems = append(stems, Stem{base, g.plural})
		if hard, ok := softened(base, reversed(g.soften)); ok {
			stems = append(stems, Stem{hard, g.plural})
		}
		break
	}
	return stems
}

func softened(word string, pairs []string) (string, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if base, ok := strings.CutSuffix(word, pairs[i]); ok {
			return base + pairs[i+1], true
		}
	}
	return "", false
}

func reversed(pairs []string) []string {
	out := make([]string, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		out[i], out[i+1] = pairs[i+1], pairs[i]
	}
	return out
}

// The grammars. Slots in order: derivation, plural, possessive, case; then,
// after a relative suffix ("-dagi", "-lik"), the same again; then particles.
var (
	uzbek = newTurkic("o'rin o'rn shahar shahr k g q g'", "si i",
		"lar",
		"lik cha li gi chi dagi siz",
		"imiz ingiz miz ngiz im ing i si m ng lari",
		"ning ni ga ka qa da dan gacha dek day cha niki",
		"dagi lik niki gi siz li",
		"dir mi chi ku yu mikan ham man san miz siz",
		"ning dagi lik lar larning")

	kazakh = newTurkic("халық халқ орын орн мүлік мүлк қауіп қауп дауыс даус ғұрып ғұрп көрік көрк қ ғ к г п б", "сы сі ы і",
		"лар лер дар дер тар тер",
		"лық лік дық дік тық тік ша ше сыз сіз лы лі ды ді ты ті шы ші шыл шіл",
		"ымыз іміз мыз міз ыңыз іңіз ңыз ңіз ым ім ың ің ы і сы сі м ң",
		"ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті н да де та те нда нде дан ден тан тен нан нен мен бен пен дай дей тай тей ша ше а е",
		"дағы дегі тағы тегі ндағы ндегі лық лік дық дік тық тік нікі дікі тікі ғы гі қы кі",
		"мын мін сың сің мыз міз пыз піз быз біз ма ме ба бе па пе",
		"ның нің дың дің тың тің дағы дегі тағы тегі лық лік дық дік тық тік лар лер дар дер тар тер")

	kyrgyz = newTurkic("орун орд к г п б", "сы си су сү ы и у ү",
		"лар лер лор лөр дар дер дор дөр тар тер тор төр",
		"лык лик лук лүк дык дик дук дүк тык тик тук түк ча че чо чө сыз сиз суз сүз луу лүү дуу дүү туу түү чы чи чу чү",
		"ыбыз ибиз убуз үбүз быз биз буз бүз ыңыз иңиз уңуз үңүз ым им ум үм ың иң уң үң ы и у ү сы си су сү м ң",
		"нын нин нун нүн дын дин дун дүн тын тин тун түн га ге го гө ка ке ко кө на не но нө ны ни ну нү ды ди ду дү ты ти ту тү н да де до дө та те то тө нда нде ндо ндө дан ден дон дөн тан тен тон төн нан нен нон нөн дай дей дой дөй тай тей ча че чо чө а е о ө",
		"дагы деги догу дөгү тагы теги тогу төгү ндагы ндеги ндогу ндөгү лык лик лук лүк дык дик дук дүк тык тик тук түк ныкы ники нуку нүкү дыкы дики тыкы тики",
		"мын мин сың сиң бы би бу бү пы пи пу пү",
		"нын нин нун нүн дын дин дун дүн тын тин тун түн дагы деги догу дөгү тагы теги тогу төгү лык лик лук лүк дык дик дук дүк тык тик тук түк лар лер лор лөр дар дер дор дөр тар тер тор төр")

	turkmen = newTurkmen()

	turkish = newTurkish()
)

// newTurkmen: the dative melts into a last vowel ("Türkiýe", "Türkiýä";
// "Almaty", "Almata"), and an e does not stand before the genitive either. A y
// melts only where it is no possessive: "talyplara" is of "talyplar", not of
// "talyplary".
func newTurkmen() turkicGrammar {
	g := newTurkic("çalyş çalş orun orn pikir pikr ylym ylm nesil nesl döwür döwr ömür ömr akyl akl şekil şekl höküm hökm k g p b t d ç j", "sy si y i u ü",
		"lar ler",
		"lyk lik luk lük ça çe syz siz ly li çy çi",
		"ymyz imiz umyz ümiz myz miz yňyz iňiz uňyz üňiz ňyz ňiz ym im um üm yň iň uň üň y i u ü sy si m ň",
		"nyň niň nuň nüň yň iň uň üň a e ä na ne y i ny ni da de nda nde dan den ndan nden",
		"daky däki ndaky ndäki lyk lik luk lük nyňky niňki",
		"dyr dir dur dür my mi",
		"nyň niň nuň nüň yň iň uň üň daky däki lyk lik lar ler")

	g.melt = slot("e ä i ä çy ça jy ja almaty almata")
	g.melted = &Endings{slots: [][]string{slot("niň ni"), slot("ki")}}
	return g
}

func newTurkish() turkicGrammar {
	g := newTurkic("ç c og oğ k ğ p b t d", "si su sü i u ü",
		"lar ler",
		"lik luk lük li lu lü ce ca çe ça siz suz süz ci cu cü çi çu çü",
		"imiz umuz ümüz miz muz müz iniz unuz ünüz niz nuz nüz im um üm in un ün i u ü si su sü m n lari leri",
		"nin nun nün in un ün e a ye ya ne na i u ü yi yu yü ni nu nü de da te ta nde nda den dan ten tan nden ndan le la yle yla ce ca nce nca",
		"ki lik luk lük li lu lü",
		"dir dur dür tir tur tür ydi ydu mi mu mü",
		"nin nun nün in un ün 'nin 'nun 'nün 'in 'un 'ün deki daki teki taki lar ler")
	withApostrophe := func(e *Endings) *Endings {
		c := *e
		c.slots = slices.Concat([][]string{{"'"}}, e.slots)
		c.gate, c.past = e.gate+1, e.past+1
		return &c
	}
	g.noun = withApostrophe(g.noun)
	g.plural = withApostrophe(g.plural)
	return g
}

var (
	// Tajik: plural, then indefinite, ezafe or an enclitic pronoun, then the
	// object marker and "and". Folding writes "ён" as "ен".
	tajikEndings = &Endings{slots: [][]string{
		slot("ҳо он ен гон вон"), slot("и й е ии аш ат ам амон атон ашон яш ят ям ямон ятон яшон ест анд"), slot("ро"), slot("у ву ю"),
	}}
	persianEndings = &Endings{slots: [][]string{
		slot("ها ان یان گان ات"), slot("ی ای یی یش"), slot("ش م ت شان مان تان اش ات ام اند"), slot("را"),
	}}
	// persianName is for a word alone that ends in a consonant: without the
	// -i that makes an adjective of a name (چین, چینی).
	persianName = &Endings{slots: [][]string{slot("ها های هایی هایش ان انی")}}
	// persianLong is for one of four letters or more, which does not become
	// another word by an enclitic, as ارز becomes ارزش.
	persianLong = &Endings{slots: [][]string{slot("ها های هایی ان انی"), slot("ش یش شان یشان مان یمان تان اش ام اند"), slot("را")}}
	// persianGan is for what is left of a word that ends in ه, in the plural:
	// نماینده, نمایندگان.
	persianGan = &Endings{slots: [][]string{slot("گان"), slot("ی"), slot("ش شان مان تان"), slot("را")}, nonEmpty: true}
)

// persian returns the stems of a word. A word alone is without -i.
func persian(w TermWord) []Stem {
	stems := []Stem{{w.Folded, persianEndings}}
	switch letters := utf8.RuneCountInString(w.Folded); {
	case !w.Alone || strings.HasSuffix(w.Folded, "و") || strings.HasSuffix(w.Folded, "ا"):
	case letters > 3:
		stems[0].Endings = persianLong
	default:
		stems[0].Endings = persianName
	}
	if base, ok := strings.CutSuffix(w.Folded, "ه"); ok && utf8.RuneCountInString(base) > 3 {
		stems = append(stems, Stem{base, persianGan})
	}
	return stems
}

// english accepts plural and possessive, and the other spelling of a word.
func english(w TermWord) []Stem {
	var stems []Stem
	for _, spelling := range spellings(w.Folded) {
		stems = append(stems, Stem{spelling, englishNoun})
		if base, ok := strings.CutSuffix(spelling, "y"); ok && len(base) > 2 && !strings.ContainsRune("aeiou", rune(base[len(base)-1])) {
			stems = append(stems, Stem{base, englishIes})
		}
		for i := 0; i+1 < len(englishIrregular); i += 2 {
			if base, ok := strings.CutSuffix(spelling, englishIrregular[i]); ok {
				stems = append(stems, Stem{base + englishIrregular[i+1], englishOwner})
			}
		}
	}
	return stems
}

var (
	englishNoun  = &Endings{slots: [][]string{slot("s es"), slot("'s '")}}
	englishOwner = &Endings{slots: [][]string{slot("'s '")}}
	englishIes   = &Endings{slots: [][]string{slot("ies"), slot("'")}, nonEmpty: true}
)

// englishIrregular are the ends of words whose plural changes them.
var englishIrregular = []string{"man", "men", "child", "children", "ysis", "yses", "risis", "rises", "thesis", "theses"}

// spellingPairs are parts of English words spelt in two ways.
var spellingPairs = []string{
	"labour", "labor", "neighbour", "neighbor", "honour", "honor", "favour", "favor", "colour", "color", "behaviour", "behavior", "harbour", "harbor",
	"centre", "center", "theatre", "theater", "programme", "program", "defence", "defense", "licence", "license", "travell", "travel", "cancell", "cancel",
	"isation", "ization", "ising", "izing", "ised", "ized", "ise", "ize", "cheque", "check", "aluminium", "aluminum", "grey", "gray", "catalogue", "catalog", "dialogue", "dialog",
}

func spellings(word string) []string {
	out := []string{word}
	if len(word) < 5 {
		return out
	}
	for i := 0; i+1 < len(spellingPairs); i += 2 {
		british, american := spellingPairs[i], spellingPairs[i+1]
		switch {
		case strings.Contains(word, british):
			return append(out, strings.Replace(word, british, american, 1))
		case strings.Contains(word, american):
			return append(out, strings.Replace(word, american, british, 1))
		}
	}
	return out
}
