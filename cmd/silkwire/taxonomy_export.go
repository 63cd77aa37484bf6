package main

import (
	"bufio"
	"errors"

	"silkwire/taxonomy"
)

type taxonomyExportCmd struct {
	taxonomyDir
	Format string `enum:"skos-ttl,skos-jsonld,csv,yaml" default:"skos-ttl" help:"skos-ttl (Turtle), skos-jsonld (JSON-LD), csv (one row per term) or yaml (the canonical form, which loads back)."`
	Base   string `default:"${base}" help:"What the IRIs of SKOS begin with."`
}

func (c *taxonomyExportCmd) Run(std *stdio) error {
	tax, err := c.load()
	if err != nil {
		return exitError{exitConfig, err}
	}
	out := bufio.NewWriterSize(std.out, 1<<16)
	if err := tax.Export(out, c.Format, c.Base); err != nil {
		if errors.Is(err, taxonomy.ErrBase) {
			return exitError{exitUsage, err}
		}
		return err
	}
	return out.Flush()
}
