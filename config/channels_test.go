package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASecretOfAChannelIsReadFromItsFileAndNeverShown(t *testing.T) { // C7 C15
	dir := t.TempDir()
	file := filepath.Join(dir, "silkwire.yaml")
	content := "channels: [{id: hook, kind: webhook, url: 'https://a.example/', secret_file: hook.secret}, {id: chat, kind: telegram, chat: '@silk_news', token_file: '${DIR}/bot.token'}]\ndigests: [{channels: [hook, chat]}]\n"
	for name, text := range map[string]string{file: content, filepath.Join(dir, "hook.secret"): "open sesame\n", filepath.Join(dir, "bot.token"): "12:abc"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(file, Env{Vars: []string{"DIR=" + dir}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Channels[0].Secret.Reveal() != "open sesame" || c.Channels[1].Secret.Reveal() != "12:abc" {
		t.Errorf("%q %q", c.Channels[0].Secret.Reveal(), c.Channels[1].Secret.Reveal())
	}
	if shown := string(Print(c)) + fmt.Sprintf("%+v", c); strings.Contains(shown, "sesame") || strings.Contains(shown, "12:abc") {
		t.Error(shown)
	}
	if err := os.Remove(filepath.Join(dir, "hook.secret")); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, Env{Vars: []string{"DIR=" + dir}}); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("without the file: %v", err)
	}
}
