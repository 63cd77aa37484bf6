package config

import "strings"

// Cluster is a group of keywords or concepts under one name, as a query.
type Cluster struct{ Name, Query string }

func (r *reader) readClusters(p pair) {
	if !r.say(p) {
		return
	}
	r.cfg.Clusters = []Cluster{}
	for _, it := range r.items(p) {
		it.name = "a cluster"
		var c Cluster
		if !r.fields(it, map[string]func(pair){
			"name":  func(p pair) { r.line(p, &c.Name) },
			"query": func(p pair) { r.query(p, &c.Query) },
		}) {
			continue
		}
		switch {
		case c.Name == "" || c.Query == "":
			r.mistake(it.at, "a cluster needs a name and a query")
		case strings.Contains(c.Name, ":"):
			r.mistake(it.at, "the name of a cluster has no colon")
		default:
			r.cfg.Clusters = append(r.cfg.Clusters, c)
		}
	}
}

func (p *printer) clusters(list []Cluster) {
	if len(list) == 0 {
		return
	}
	p.open(0, "clusters")
	for _, c := range list {
		p.line(1, "- name: %s", scalar(c.Name))
		p.line(2, "query: %s", scalar(c.Query))
	}
}
