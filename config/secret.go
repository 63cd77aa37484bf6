package config

import (
	"fmt"
	"log/slog"
)

// Secret is a text that never shows itself: printed, logged or marshalled, it
// is three asterisks.
type Secret string

const masked = "***"

// Reveal returns the secret, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String masks the secret. An empty one is empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// Format masks the secret under every verb, also those that are wrong for a text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText masks the secret in JSON, YAML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue masks the secret in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// secretPair is a secret that stands in the file or the environment, or in a
// file of its own.
type secretPair struct {
	value, file string // keys
	of          func(c *Config) (*Secret, *string)
}

func secretPairs() []secretPair {
	return []secretPair{
		{"smtp.password", "smtp.password_file", func(c *Config) (*Secret, *string) { return &c.SMTP.Password, &c.SMTP.PasswordFile }},
		{"oidc.client_secret", "oidc.client_secret_file", func(c *Config) (*Secret, *string) { return &c.OIDC.ClientSecret, &c.OIDC.ClientSecretFile }},
	}
}

// isSecret reports whether a key is a secret or the file of one.
func isSecret(key string) bool {
	for _, p := range secretPairs() {
		if key == p.value || key == p.file {
			return true
		}
	}
	return false
}
