package web

import (
	"time"

	"silkwire/news"
	"silkwire/words"
)

// sentence says what an outcome means, and what to do about it, if anything.
type sentence struct {
	Says   words.Message
	Advice words.Message
}

// sentences has every outcome of a visit in plain words.
func sentences() map[news.Outcome]sentence {
	return map[news.Outcome]sentence{
		news.OK:        {Says: "Visited, all well."},
		news.Unchanged: {Says: "Visited; nothing had changed."},
		news.Partial: {"The document was broken off or damaged; its complete items were kept.",
			"Nothing to do unless it stays like this: then tell the outlet."},
		news.Empty: {"It answers, but lists nothing.",
			"Open the address in a browser. If news is there, the page has a new layout: correct the selectors in the config. If not, the feed was abandoned: read another page of the outlet."},
		news.Shrank: {"Far fewer items than usual; the old ones were kept.",
			"Look again at the next visit. If it stays so, the layout or the feed has changed: check the selectors."},
		news.NotAFeed: {"A web page came back where a feed was expected.",
			"The feed may have moved, or a log-in page stands before it. Open the address in a browser and correct the url or the kind."},
		news.Challenge: {"The server asks for a real browser before it answers.",
			"Silkwire does not pretend to be one. Ask the outlet to let its user agent through, or use another source of the outlet."},
		news.DNS: {"The server's name cannot be found.",
			"It is tried again by itself. If it stays like this, the domain has expired or changed: look the outlet up."},
		news.Connect: {"The server does not take connections.",
			"It is tried again by itself. If it stays like this for days, the server has moved or shuts this network out."},
		news.TLS: {"The server's certificate cannot be trusted.",
			"It is most often expired, and the outlet will renew it. Only if you know why may the source be set to “insecure: true”."},
		news.Timeout: {"The server did not answer in time.",
			"It is tried again by itself. If it stays like this, the server is overloaded or slows this network down."},
		news.TooLarge: {"The answer is larger than the limit.",
			"Use a smaller feed or a listing page of the outlet."},
		news.Encoding: {"The answer is packed or written in an encoding that cannot be read.",
			"It is asked for plainly at the next visit. If it stays like this, tell the outlet."},
		news.HTTPError: {"The server answered with an error.",
			"It is tried again by itself, less and less often. The technical words below say which error."},
		news.NotFound: {"The address is not there any more.",
			"The outlet has moved its feed or page. Find the new address and put it into the config."},
		news.Gone: {"The server says that the address is gone for good.",
			"Visits have ended. Find another source of the outlet, or remove this one from the config."},
		news.Denied: {"The server refuses to answer us.",
			"Set fetch.contact, so that the outlet knows who asks, and write to the outlet. Until then use another of its sources."},
		news.SlowDown: {"The server asks for fewer visits.",
			"Silkwire waits as long as the server wishes. If it goes on, give the source a slower schedule."},
		news.Redirect: {"The address leads in circles, or to a place Silkwire does not go.",
			"Open the address in a browser and put the one where it ends into the config."},
		news.Blocked: {"The address belongs to a private network, and visits there are not allowed.",
			"If it is yours, name its network in fetch.allow_private."},
		news.Robots: {"The site's robots.txt asks not to be read here.",
			"Silkwire obeys. Use a feed of the outlet, or ask it for leave."},
		news.Unparsable: {"What came back could not be read as news.",
			"Open the address in a browser and compare it with the source's kind."},
		news.NoEgress: {"Waits for the network; this is not counted as a failure.",
			"Check this machine's connection, its DNS and its firewall."},
		news.Interrupted: {"The last visit was interrupted when the program stopped.",
			"Nothing was lost, and it is visited again by itself."},
		news.Internal: {"Silkwire itself made a mistake on this source.",
			"Please report it with the lines of the log that name the source."},
	}
}

// condition is how a source is, from the operator's point of view.
type condition string

// The conditions, worst first as the status page sorts them.
const (
	needsAttention condition = "attention" // somebody should look
	paused         condition = "paused"    // visits have ended
	tryingAgain    condition = "retrying"  // failed, and will likely heal by itself
	noNetwork      condition = "no_network"
	notYet         condition = "waiting" // for its first visit
	fine           condition = "fine"
	switchedOff    condition = "off"
)

func (c condition) order() int {
	for i, x := range []condition{needsAttention, paused, tryingAgain, noNetwork, notYet, fine, switchedOff} {
		if x == c {
			return i
		}
	}
	return 0
}

// Word is the condition as the page writes it.
func (c condition) Word() words.Message {
	switch c {
	case needsAttention:
		return "Needs attention"
	case paused:
		return "Paused"
	case tryingAgain:
		return "Trying again"
	case noNetwork:
		return "Waits for network"
	case notYet:
		return "Not visited yet"
	case switchedOff:
		return "Switched off"
	}
	return "Fine"
}

// A failure that heals by itself is left in peace so many visits and so long.
const (
	patientFailures = 3
	patientTime     = 24 * time.Hour
)

// judge says how a source is. A source that answers and lists nothing needs
// attention: a page with a new layout fails in no other way.
func judge(info SourceInfo, st news.SourceState, now time.Time) condition {
	switch {
	case !info.Enabled:
		return switchedOff
	case st.Paused != "":
		return paused
	case st.Outcome == news.NoEgress:
		return noNetwork
	case st.Outcome == news.Empty || st.Outcome == news.Shrank:
		return needsAttention
	case st.Outcome.Failed():
		return judgeFailure(st, now)
	case st.Outcome == "" || st.LastSuccess.IsZero() && st.Outcome == news.Interrupted:
		return notYet
	}
	return fine
}

func judgeFailure(st news.SourceState, now time.Time) condition {
	switch st.Outcome {
	case news.DNS, news.Connect, news.Timeout, news.HTTPError, news.SlowDown, news.Encoding:
		long := !st.FailedSince.IsZero() && now.Sub(st.FailedSince) >= patientTime
		if st.Failures < patientFailures && !long {
			return tryingAgain
		}
	}
	return needsAttention
}
