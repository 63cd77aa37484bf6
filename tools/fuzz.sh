#!/usr/bin/env bash
# Fuzzes every target for the time that is given (10s). A target fails when it
# finds something; a run that the clock ended in mid-input has found nothing
# ("context deadline exceeded" without a failing input) and is said so.
set -euo pipefail
time=${1:-10s}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for pkg in $(go list ./...); do
  for target in $(go test -list '^Fuzz' "$pkg" | grep '^Fuzz' || true); do
    echo "$pkg $target"
    if go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5x "$pkg" >"$out" 2>&1; then
      tail -n 1 "$out"
    elif grep -q 'context deadline exceeded' "$out" && ! grep -Eq 'Failing input|panic:|hung or terminated' "$out"; then
      echo "  the clock ended it; nothing was found"
    else
      cat "$out"
      exit 1
    fi
  done
done
