package web

import "net/http"

// countsPage is templates/counts.html: every way to count, in a sentence each.
type countsPage struct {
	frame
	Groups []countGroup
	Notice string
}

type countGroup struct {
	Name  string
	Views []countLink
}

// countLink leads to a view and says what it answers.
type countLink struct{ Name, Href, Says string }

func (s *Server) countsPage(*http.Request) (framed, error) {
	return &countsPage{frame: frame{Title: "Counts", Section: "counts"}, Groups: countGroups()}, nil
}

func countGroups() []countGroup {
	return []countGroup{
		{"Who, with what, to whom", []countLink{
			{"Actors and instruments", "/counts/matrix", "All actors at once: how often each is named with each instrument. Any two things can be counted against each other."},
			{"Flows", "/counts/matrix?rows=actor&cols=recipient&unit=events", "Who does something to whom, counted in deals; the states of the region can be senders as well."},
			{"Reception", "/counts/matrix?rows=reception&cols=actor", "How it is received: protest, debt, trust, interest, by the actor that is named."},
			{"Placed content", "/counts/matrix?rows=placed&cols=outlet", "What outlets took over from state agencies, by agency and outlet."},
		}},
		{"Over time", []countLink{
			{"Time line", "/counts/series?split=actor", "How often, by day, week or month, against how much was read, with the outages drawn in."},
		}},
	}
}
