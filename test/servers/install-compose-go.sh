#!/usr/bin/env bash
# Builds the loader of Docker Compose (what `docker compose config` is) from Go modules into a folder outside of the checkout, once per machine: $COMPOSE_GO_HOME/cmd.
set -euo pipefail
version=v2.9.0
home=${COMPOSE_GO_HOME:-$HOME/.cache/braid-tests/compose-go-$version}
if [ -x "$home/cmd" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: the loader of Docker Compose cannot be built" >&2
  exit 1
fi
mkdir -p "$home"
GOBIN="$home" CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice -n 15 go install -trimpath -ldflags "-s -w" "github.com/compose-spec/compose-go/v2/cmd@$version" >/dev/null 2>&1
