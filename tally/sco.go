package tally

import "silkwire/words"

// Preset is a table of queries that the documents draw up, in our own words.
type Preset struct {
	ID     string
	Title  words.Message
	Source string // document:lines
	Rows   []PresetRow
}

// PresetRow is one kind of instrument with the query that finds it.
type PresetRow struct {
	Name, Says words.Message
	Query      string
}

// Presets are the two tables of the article on the Shanghai Cooperation
// Organisation: the instruments of Russia and those of China.
func Presets() []Preset {
	return []Preset{
		{ID: "russia", Title: "Instruments of Russia", Source: "003:107-114", Rows: []PresetRow{
			{"Study places", "free places and grants for students of the region, through Rossotrudnichestvo and the network university of the organisation", "actor:russia (instrument:scholarship OR instrument:sco-university-programme OR instrument:student-exchange OR instrument:foreign-student-recruitment)"},
			{"Russian language", "teaching in Russian and of Russian, and the centres that offer it", "actor:russia (instrument:russian-language-promotion OR instrument:cultural-centre OR instrument:russian-house OR instrument:language-certification)"},
			{"Culture on tour", "festivals, exhibitions, theatre, film and literature", "actor:russia (instrument:culture-instrument OR instrument:cultural-diplomacy)"},
			{"Media cooperation", "journalists trained and invited, material shared", "actor:russia instrument:media-instrument"},
			{"Security", "joint exercises, counter-terrorism, police work, and the story of the protector", "actor:russia (instrument:security-cooperation OR narrative:security-architect)"},
		}},
		{ID: "china", Title: "Instruments of China", Source: "003:136-143", Rows: []PresetRow{
			{"Roads, rails and lines", "corridors of the Belt and Road, the railway through Kyrgyzstan, energy", "actor:china (instrument:belt-and-road OR instrument:infrastructure-project)"},
			{"Investment and loans", "money from banks and funds that the state stands behind, also for water power", "actor:china (instrument:investment OR instrument:loan OR instrument:co-financing OR instrument:hydropower OR actor:aiib)"},
			{"Education and language", "Confucius Institutes, grants, courses of Chinese", "actor:china (instrument:confucius-institute OR instrument:confucius-classroom OR instrument:scholarship OR instrument:chinese-language-promotion)"},
			{"Culture and media", "cultural centres, exchange of programmes, agencies and television", "actor:china (instrument:culture-instrument OR instrument:media-instrument OR actor:chinese-state-media)"},
			{"Security", "exercises, counter-terrorism, the Global Security Initiative", "actor:china (instrument:security-cooperation OR instrument:global-security-initiative)"},
		}},
	}
}

// Channels are the ways an actor may take: everything, through the
// organisation, or past it.
func Channels() []Cluster {
	return []Cluster{{"any channel", ""}, {"through the organisation", "actor:sco"}, {"bilateral", "-actor:sco"}}
}
