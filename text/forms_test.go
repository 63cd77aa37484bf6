package text

import "testing"

// isForm reports whether the last word of a phrase has a form.
func isForm(t *testing.T, l Lang, phrase, form string) bool {
	t.Helper()
	words := Phrase(l, phrase)
	folded := Fold(form)
	for _, s := range Stems(l, words[len(words)-1], false) {
		if len(folded) >= len(s.Text) && folded[:len(s.Text)] == s.Text && s.Accepts([]byte(folded[len(s.Text):])) {
			return true
		}
	}
	return false
}

func TestFormsOfWordsInTheTurkicLanguagesOfTheRegion(t *testing.T) {
	for _, x := range []struct {
		l      Lang
		phrase string
		forms  []string
	}{
		{Ky, "Кыргызстан", []string{"Кыргызстандын", "Кыргызстанга", "Кыргызстандагылардын", "Кыргызстандан", "Кыргызстандыктардын"}},
		{Ky, "Конфуций институту", []string{"институтунун", "институттарында", "институтундагы", "институтундагылар", "институтуна"}},
		{Kk, "Конфуций институты", []string{"институтының", "институттары", "институтындағылардың", "институтына"}},
		{Kk, "Қытай", []string{"Қытайдың", "Қытайдағы", "Қытайдағылар", "Қытаймен", "Қытайға", "қытайлықтар"}},
		{UzLatn, "Konfutsiy instituti", []string{"institutining", "institutlarida", "institutidagilar", "institutlaridan"}},
		{UzLatn, "Xitoy", []string{"Xitoyning", "Xitoydagi", "Xitoydagilar", "Xitoyga", "xitoyliklarning"}},
		{Tk, "Konfusiý instituty", []string{"institutynyň", "institutlary", "institutyndaky", "institutyna"}},
		{Tk, "ýaşlar alyş-çalşy", []string{"çalşynyň", "çalşyna", "çalyşlary"}},
		{Tk, "ýaşlar alyş-çalyş", []string{"çalşy", "çalşynyň", "çalyşa"}}, // a vowel is lost
		{Kk, "қазақ халық", []string{"халқы", "халқының", "халыққа"}},
		{UzLatn, "ish oʻrin", []string{"oʻrni", "oʻrnini", "oʻringa"}},
	} {
		for _, form := range x.forms {
			if !isForm(t, x.l, x.phrase, form) {
				t.Errorf("%s: %s is no form of %s", x.l, form, x.phrase)
			}
		}
	}
}

// A word in a case ends there, unless a relative suffix makes a new word of it:
// what looks like more endings belongs to another word.
func TestNothingFollowsACaseButARelative(t *testing.T) {
	for _, x := range []struct {
		l            Lang
		phrase, form string
	}{
		{Ky, "түрк тили", "тилдүү"}, // Turkic-speaking, no Turkish course
		{Ky, "Ош", "ОшМУ"},
		{Ky, "ушу", "ушундай"}, // such, no martial art
		{Kk, "екі жақты", "жақтан"},
	} {
		if isForm(t, x.l, x.phrase, x.form) {
			t.Errorf("%s: %s passes for a form of %s", x.l, x.form, x.phrase)
		}
	}
}
