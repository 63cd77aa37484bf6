package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"silkwire/config"
)

// atRoot reads a file of the repository.
func atRoot(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestTheExampleConfigurationIsValid(t *testing.T) {
	content := atRoot(t, "contrib/silkwire.yaml")
	cfg, err := config.Parse("contrib/silkwire.yaml", []byte(content), validators(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("it warns: %q", cfg.Warnings)
	}
	if len(cfg.Outlets) != 1 || len(cfg.Outlets[0].Sources) != 4 || len(cfg.Digests) != 2 {
		t.Errorf("it holds %+v", cfg)
	}
	// What is commented out is valid as well.
	open := regexp.MustCompile(`(?m)^( *)#( *[a-z_]+:)`).ReplaceAllString(content, "$1$2")
	open = strings.ReplaceAll(open, "${CREDENTIALS_DIRECTORY}", "/nowhere")
	if _, err := config.Parse("contrib/silkwire.yaml", []byte(open), validators(nil)); err != nil {
		t.Errorf("with everything in it: %v\n%s", err, open)
	}
}

func TestTheUnitShutsEveryDoor(t *testing.T) { // section 4
	unit := atRoot(t, "contrib/silkwire.service")
	for _, line := range []string{
		"Type=notify", "WatchdogSec=60", "Restart=on-failure", "RestartSec=5", "TimeoutStopSec=30", "RestartPreventExitStatus=78",
		"DynamicUser=yes", "StateDirectory=silkwire", "RuntimeDirectory=silkwire", "UMask=0077", "ProtectSystem=strict", "ProtectHome=yes",
		"PrivateTmp=yes", "PrivateDevices=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
		"RestrictNamespaces=yes", "RestrictRealtime=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service",
		"SystemCallArchitectures=native", "ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes", "ProtectControlGroups=yes",
		"ProtectClock=yes", "ProtectHostname=yes", "ProtectProc=invisible",
	} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
	if !strings.Contains(unit, "#IPAddressDeny=link-local multicast 10.0.0.0/8") {
		t.Error("the wall in the kernel is not shown")
	}
}

func TestTheImageHoldsNobodysPrivileges(t *testing.T) {
	docker := atRoot(t, "Dockerfile")
	for _, line := range []string{
		"FROM scratch", "USER 65532:65532", `VOLUME ["/data"]`, "EXPOSE 8080", `CMD ["/silkwire","healthcheck"]`, `ENTRYPOINT ["/silkwire"]`, "org.opencontainers.image.",
	} {
		if !strings.Contains(docker, line) {
			t.Errorf("the Dockerfile has no %s", line)
		}
	}
	compose := atRoot(t, "compose.yaml")
	for _, line := range []string{"read_only: true", "cap_drop: [ALL]", "no-new-privileges", "data:/data"} {
		if !strings.Contains(compose, line) {
			t.Errorf("compose.yaml has no %s", line)
		}
	}
}

// alertsUse are the metrics that the alerts look at.
func alertsUse(t *testing.T) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(atRoot(t, "contrib/alerts.yaml")) {
		if expr, ok := strings.CutPrefix(strings.TrimSpace(line), "expr: "); ok {
			names = append(names, regexp.MustCompile(`silkwire_[a-z_]+`).FindAllString(expr, -1)...)
		}
	}
	if len(names) < 8 {
		t.Fatalf("the alerts look at %q only", names)
	}
	return names
}
