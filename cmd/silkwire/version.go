package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the linker for releases.
var version = "0.1.0-dev"

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

func (c *versionCmd) Run(io *stdio) error {
	info := map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	if bi, ok := debug.ReadBuildInfo(); ok {
		for _, s := range bi.Settings {
			if s.Key == "vcs.revision" {
				info["revision"] = s.Value
			}
		}
	}
	if c.JSON {
		return json.NewEncoder(io.out).Encode(info)
	}
	_, err := fmt.Fprintf(io.out, "silkwire %s (%s, %s)\n", info["version"], info["go"], info["platform"])
	return err
}
