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
	r.readPassword(env)
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
	under(&r.cfg.SMTP.PasswordFile)
	under(&r.cfg.SMTP.DKIM.KeyFile)
	for i := range r.cfg.Channels {
		under(&r.cfg.Channels[i].SecretFile)
	}
	for i := range r.cfg.Digests {
		under(&r.cfg.Digests[i].Dir)
	}
}

// warnReadable warns of a password in a file that everybody can read (C7).
func (r *reader) warnReadable(path string) {
	if r.cfg.SMTP.Password == "" {
		return
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o004 != 0 {
		r.warn(r.at["smtp.password"], "every user of this machine can read the password; chmod o-r %s, or use password_file", path)
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
	if _, both := env.lookup("SILKWIRE_SMTP_PASSWORD"); both && r.at["smtp.password_file"] == (Place{File: "SILKWIRE_SMTP_PASSWORD_FILE"}) {
		r.mistake(r.at["smtp.password_file"], "SILKWIRE_SMTP_PASSWORD is set too; unset one of them")
		delete(r.at, "smtp.password_file")
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
	rivals := map[string]string{"smtp.password": "smtp.password_file", "smtp.password_file": "smtp.password"}
	if rival := rivals[s.key]; rival != "" && r.at[rival].Line > 0 {
		delete(r.at, rival)
		if rival == "smtp.password" {
			r.cfg.SMTP.Password = ""
		} else {
			r.cfg.SMTP.PasswordFile = ""
		}
	}
	r.at[s.key] = at
	if !s.list {
		r.apply(s, at, value)
		return
	}
	r.cfg.Fetch.AllowPrivate, r.cfg.Fetch.AllowHosts = nil, nil
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			r.apply(s, at, v)
		}
	}
}

// readPassword reads the file with the password of smtp (C7).
func (r *reader) readPassword(env Env) {
	at, said := r.at["smtp.password_file"]
	if !said || r.cfg.SMTP.PasswordFile == "" || r.said("smtp.password") {
		return
	}
	r.cfg.SMTP.PasswordFile, r.cfg.SMTP.Password = r.secretFile("smtp.password_file", at, r.cfg.SMTP.PasswordFile, env)
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
