package tally

import "silkwire/words"

// Cluster is a group of keywords or concepts under one name, as a query. The
// analyst may replace them all.
type Cluster struct {
	Name  words.Message // in English, or whatever the configuration calls it
	Query string
}

// Clusters are those to begin with: what the documents name as the words by
// which actors recommend themselves.
func Clusters() []Cluster {
	return []Cluster{
		{"Mutual respect", "narrative:mutual-respect OR narrative:equality OR narrative:non-interference"},
		{"Heritage", "narrative:heritage OR narrative:shared-history OR narrative:shared-turkic-heritage OR narrative:shared-persian-heritage"},
		{"Connectivity", "narrative:connectivity OR narrative:silk-road"},
		{"Shared development", "narrative:shared-development OR narrative:win-win OR narrative:economic-opportunity OR narrative:modernisation-partner"},
		{"Common destiny", "narrative:community-of-common-destiny OR narrative:eurasian-identity"},
		{"Security and stability", "narrative:stability OR narrative:security-architect OR narrative:three-evils"},
		{"Sovereignty", "narrative:sovereignty-first OR narrative:multipolarity OR narrative:multi-vector"},
		{"Language and culture", "narrative:lingua-franca OR narrative:russian-world OR narrative:cultural-code"},
		{"Against the West", "narrative:anti-western-alternative OR narrative:western-encroachment OR narrative:hostile-technologies"},
		{"Democratic values", "narrative:democratic-values"},
		{"Threat", "narrative:chinese-threat OR narrative:trojan-horse OR narrative:contest-for-influence"},
	}
}
