#!/usr/bin/env bash
# Tests the Dockerfile without a container engine: runs the commands of its
# build stage as they stand there, and then the binary as the image would: with
# an empty environment, as a user without rights, where it may write nothing but
# its data.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
daemon=
finish() {
  if [ -n "$daemon" ]; then kill -KILL "$daemon" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
chmod 0755 "$work"
fail() { echo "container-check: $*" >&2; exit 1; }
step() { printf -- '-- %s\n' "$*"; }

# instructions STAGE WORD prints the arguments of an instruction in a stage of
# the Dockerfile (the first is 1), with continued lines joined.
instructions() {
  awk -v stage="$1" -v word="$2" '
    /^[[:space:]]*#/ { next }
    { line = line $0 }
    /\\$/ { sub(/\\$/, " ", line); next }
    { if (line ~ /^FROM /) n++
      if (n == stage && index(line, word " ") == 1) print substr(line, length(word) + 2)
      line = "" }
  ' Dockerfile
}

step "the build stage"
while IFS= read -r arg; do export "${arg?}"; done < <(instructions 1 ARG)
export OUT="$work/out"
ran=0
while IFS= read -r command; do
  echo "   $command"
  timeout 300 sh -euc "$command" </dev/null || fail "this step of the Dockerfile fails: $command"
  ran=$((ran + 1))
done < <(instructions 1 RUN)
[ "$ran" -ge 3 ] || fail "the Dockerfile's build stage has $ran RUN instructions; the reader above does not understand it"
binary="$OUT/silkwire"
[ -x "$binary" ] || fail "the build stage makes no $binary"
[ -s "$OUT/ca-certificates.crt" ] || fail "the build stage brings no certificates"

step "the binary is static"
go version -m "$binary" | grep -q 'CGO_ENABLED=0' || fail "it was built with cgo"
if ldd "$binary" >/dev/null 2>&1; then fail "it needs shared libraries: $(ldd "$binary")"; fi

step "what the image needs is copied into it"
while IFS= read -r copy; do
  from=$(printf '%s\n' "$copy" | sed -n 's/.* \/out\/\([^ ]*\) .*/\1/p')
  [ -n "$from" ] && [ -e "$OUT/$from" ] || fail "COPY $copy: the build stage does not make it"
done < <(instructions 2 COPY)

# The environment of the image, with its /data in our directory.
state="$work/data"
mkdir -m 0700 "$state"
cage=(env -i "XDG_STATE_HOME=$state" "HOME=$state")
as=()
if [ "$(id -u)" = 0 ]; then
  chown 65532:65532 "$state"
  if command -v setpriv >/dev/null; then as=(setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs); fi
fi
mkdir "$work/readonly"
chmod 0555 "$work/readonly"
run() { (cd "$work/readonly" && exec timeout 60 "${as[@]}" "${cage[@]}" "$@"); }

step "version"
run "$binary" version | grep -q "^silkwire $VERSION " || fail "the version is not $VERSION"
step "check"
run "$binary" check >/dev/null || fail "the built-in configuration is refused"
step "demo"
run "$binary" demo --once --dir "$state/demo" --listen 127.0.0.1:0 >"$work/demo.out" || { cat "$work/demo.out"; fail "the demo fails"; }
grep -q '^113 new items in 11 languages' "$work/demo.out" || { cat "$work/demo.out"; fail "the demo does not find everything"; }

step "serve, and the image's own health check"
(cd "$work/readonly" && exec "${as[@]}" "${cage[@]}" SILKWIRE_LISTEN=127.0.0.1:0 SILKWIRE_RESOLVER=127.0.0.1:9 "$binary" serve) 2>"$work/serve.err" &
daemon=$!
address=
for _ in $(seq 300); do
  address=$(sed -n 's/.*silkwire serves.*http:\/\/\(127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/serve.err")
  [ -n "$address" ] && break
  kill -0 "$daemon" 2>/dev/null || { cat "$work/serve.err"; fail "serve ended by itself"; }
  sleep 0.1
done
[ -n "$address" ] || { cat "$work/serve.err"; fail "serve does not say where it serves"; }
check=$(instructions 2 HEALTHCHECK | sed -n 's/.*CMD \["\/silkwire","\([^"]*\)"\].*/\1/p')
[ -n "$check" ] || fail "the Dockerfile has no HEALTHCHECK of the binary"
cage+=("SILKWIRE_LISTEN=$address")
run "$binary" "$check" | grep -qx ok || fail "the health check of a healthy daemon fails"
[ -s "$state/silkwire/silkwire.db" ] || fail "the archive does not lie in the data volume"
kill -TERM "$daemon"
code=0
wait "$daemon" || code=$?
daemon=
[ "$code" = 0 ] || { cat "$work/serve.err"; fail "SIGTERM ends it with $code"; }
if run "$binary" "$check" >/dev/null 2>&1; then fail "the health check of nobody succeeds"; fi

echo "container-check: the Dockerfile's steps work"
