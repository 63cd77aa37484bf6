package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// prefix begins the names of all environment variables that are settings.
const prefix = "SILKWIRE_"

// Env is what the surroundings of the program say.
type Env struct {
	Vars       []string // "NAME=value", as os.Environ returns them; of two with one name the later counts
	Validators Validators
	Insecure   bool // the operator takes it upon them that others read what is sent
}

func (e Env) lookup(name string) (string, bool) {
	for _, v := range slices.Backward(e.Vars) {
		if key, value, _ := strings.Cut(v, "="); key == name && value != "" {
			return value, true
		}
	}
	return "", false
}

// Load reads the configuration file, lays the environment over it and reads
// the files with secrets. Without a path it begins from the default. Paths in
// the file are relative to its directory. An error about what is configured is
// a [Mistakes]; there is no other.
func Load(path string, env Env) (*Config, error) {
	name := path
	if path == "" {
		name = "default.yaml"
	}
	r := newReader(name, env.Validators)
	r.insecure = env.Insecure
	if path == "" {
		r.read(defaultFile)
	} else if content, err := readFile(path); err != nil {
		return nil, Mistakes{{Place{File: path}, err.Error() + "; check the path, or leave it out for the default configuration"}}
	} else {
		r.read(content)
		r.resolvePaths(filepath.Dir(path))
		r.warnReadable(path)
	}
	r.environment(env)
	r.readPairs(env)
	r.readSecrets(env)
	return r.finish()
}

// readFile says in words why a file cannot be read (C1).
func readFile(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	var failed *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("user %d may not read the file", os.Getuid())
	case errors.As(err, &failed):
		return nil, fmt.Errorf("cannot be read: %w", failed.Err)
	}
	return content, err
}

// resolvePaths makes the paths in the file absolute.
func (r *reader) resolvePaths(dir string) {
	under := func(path *string) {
		if *path != "" && !filepath.IsAbs(*path) && !strings.HasPrefix(*path, "${") {
			*path = filepath.Join(dir, *path)
		}
	}
	under(&r.cfg.DigestDir)
	under(&r.cfg.Taxonomy)
	for _, s := range secretPairs() {
		_, file := s.of(r.cfg)
		under(file)
	}
	under(&r.cfg.TLS.Cert)
	under(&r.cfg.TLS.Key)
	under(&r.cfg.SMTP.DKIM.KeyFile)
	for i := range r.cfg.Channels {
		under(&r.cfg.Channels[i].SecretFile)
	}
	for i := range r.cfg.Digests {
		under(&r.cfg.Digests[i].Dir)
	}
}

// warnReadable warns of a secret in a file that everybody can read (C7).
func (r *reader) warnReadable(path string) {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o004 == 0 {
		return
	}
	for _, s := range secretPairs() {
		if secret, _ := s.of(r.cfg); *secret != "" {
			_, file, _ := strings.Cut(s.file, ".")
			r.warn(r.at[s.value], "every user of this machine can read the password; chmod o-r %s, or use %s", path, file)
		}
	}
}

// environment lays the variables that are settings over the file.
func (r *reader) environment(env Env) {
	known := []string{prefix + "CONFIG"}
	for _, s := range settings {
		known = append(known, s.variable())
		if value, set := env.lookup(s.variable()); set {
			r.override(s, value)
		}
	}
	for _, p := range secretPairs() {
		value, file := setting{key: p.value}.variable(), setting{key: p.file}.variable()
		if _, both := env.lookup(value); both && r.at[p.file] == (Place{File: file}) {
			r.mistake(r.at[p.file], "%s is set too; unset one of them", value)
			delete(r.at, p.file)
		}
	}
	for _, v := range env.Vars {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) {
			continue
		}
		if near := nearest(strings.TrimPrefix(name, prefix), trimmed(known)); near != "" {
			r.warn(Place{File: name}, "no such setting; did you mean %s?", prefix+strings.ToUpper(near))
		}
	}
}

func trimmed(names []string) (out []string) {
	for _, n := range names {
		out = append(out, strings.TrimPrefix(n, prefix))
	}
	return out
}

// override sets a setting from its variable. A password takes the place of the
// file's password_file, and the other way round.
func (r *reader) override(s setting, value string) {
	at := Place{File: s.variable()}
	for _, p := range secretPairs() {
		secret, file := p.of(r.cfg)
		switch {
		case s.key == p.value && r.at[p.file].Line > 0:
			delete(r.at, p.file)
			*file = ""
		case s.key == p.file && r.at[p.value].Line > 0:
			delete(r.at, p.value)
			*secret = ""
		}
	}
	r.at[s.key] = at
	if !s.list {
		r.apply(s, at, value)
		return
	}
	if s.key == "trusted_proxies" {
		r.cfg.TrustedProxies = nil
	} else {
		r.cfg.Fetch.AllowPrivate, r.cfg.Fetch.AllowHosts = nil, nil
	}
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			r.apply(s, at, v)
		}
	}
}

// readPairs reads the files with the secrets of settings (C7).
func (r *reader) readPairs(env Env) {
	for _, p := range secretPairs() {
		secret, file := p.of(r.cfg)
		at, said := r.at[p.file]
		if said && *file != "" && !r.said(p.value) {
			*file, *secret = r.secretFile(p.file, at, *file, env)
		}
	}
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// expand puts the values of variables into a path. One that is not set is an
// error: the file of nothing is not what was meant.
func expand(path string, env Env) (string, error) {
	var missing error
	out := variable.ReplaceAllStringFunc(path, func(ref string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(ref, "${"), "}")
		value, set := env.lookup(name)
		if !set && missing == nil {
			missing = fmt.Errorf("%s is not set in the environment", ref)
		}
		return value
	})
	return out, missing
}
