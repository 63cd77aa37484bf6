package text

// Dist is a probability for each language.
type Dist [langCount]float32

// Detect returns the probabilities of the languages s may be in.
func Detect(s string) Dist {
	var d Dist
	d[En] = 1
	return d
}

// Best returns the most probable language and its probability.
func (d *Dist) Best() (Lang, float32) {
	best, p := Und, float32(0)
	for l, q := range d {
		if q > p {
			best, p = Lang(l), q
		}
	}
	return best, p
}

// AtLeast returns the languages with a probability of at least p.
func (d *Dist) AtLeast(p float32) (s LangSet) {
	for l, q := range d {
		if q >= p && Lang(l) != Und {
			s |= 1 << l
		}
	}
	return s
}

// Favour returns the distribution for a text that is declared to be in l: a
// declaration is right more often than not, and settles what is in doubt.
func (d Dist) Favour(l Lang) Dist {
	d[l] = d[l]*20 + 0.02
	return d.normalised()
}

// Blend returns the distribution of a part of a text whose whole has the
// distribution whole: what is likely for the whole is likely for the part.
func (d Dist) Blend(whole *Dist) Dist {
	for l := range d {
		d[l] *= whole[l] + 0.1
	}
	return d.normalised()
}

func (d Dist) normalised() Dist {
	var sum float32
	for _, p := range d {
		sum += p
	}
	if sum > 0 {
		for l := range d {
			d[l] /= sum
		}
	}
	return d
}
