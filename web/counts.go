package web

import (
	"net/http"

	"silkwire/words"
)

// countsPage is templates/counts.html: every way to count, in a sentence each.
type countsPage struct {
	frame
	Groups []countGroup
	Notice string
}

type countGroup struct {
	Name  words.Message
	Views []countLink
}

// countLink leads to a view and says what it answers.
type countLink struct {
	Name words.Message
	Href string
	Says words.Message
}

func (s *Server) countsPage(*http.Request) (framed, error) {
	return &countsPage{frame: frame{Title: s.say("Counts"), Section: "counts"}, Groups: countGroups()}, nil
}

func countGroups() []countGroup {
	return []countGroup{
		{"Who, with what, to whom", []countLink{
			{"Compare two actors", "/counts/compare", "China and Russia, or any two, on the same instruments, targets and period: shares with intervals, what differs and what does not."},
			{"Actors and instruments", "/counts/matrix", "All actors at once: how often each is named with each instrument. Any two things can be counted against each other."},
			{"Flows", "/counts/matrix?rows=actor&cols=recipient&unit=events", "Who does something to whom, counted in deals; the states of the region can be senders as well."},
			{"Convergence", "/counts/convergence", "For each instrument and country, who is there at once, and where one is alone."},
			{"Through the SCO", "/counts/sco", "The instruments that the literature lists for Russia and China in the Shanghai Cooperation Organisation, with what is told of each now."},
		}},
		{"By which means", []countLink{
			{"Hard and soft", "/counts/spectrum", "Coercion, inducement, agenda, attraction: by which kind of power each actor works."},
			{"Horizon", "/counts/horizon", "Short-term against long-term means, by actor."},
			{"Ledger", "/ledger", "Every deal once, with sums, places, status and all its reports; sums by state and currency."},
			{"Figures", "/claims", "Figures for the same thing that differ, side by side, with day, outlet and sentence."},
		}},
		{"Places and institutions", []countLink{
			{"Countries", "/countries", "The five states of the region side by side, and a page for each: time line, actors, instruments, reception, deals."},
			{"Institutions", "/institutions", "Institutes, houses, schools and campuses run from abroad: where, with whom, first and last told of, openings and closings."},
		}},
		{"In words, and over time", []countLink{
			{"Time line", "/counts/series?split=actor", "How often, by day, week or month, against how much was read, with the outages drawn in."},
			{"Keyword clusters", "/counts/clusters", "Which words are spoken in whose company (mutual respect, heritage, connectivity …), and when that changed. The clusters can be rewritten."},
			{"Concordance", "/counts/concordance?of=instrument:scholarship", "A keyword with what stands before and after it: every hit behind a count can be checked."},
			{"Reception", "/counts/reception", "Who is welcomed and who rejected, by which group, where and when, with the sentence behind each number."},
			{"Placed content", "/counts/matrix?rows=placed&cols=outlet", "What outlets took over from state agencies, by agency and outlet."},
		}},
	}
}
