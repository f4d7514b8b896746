#!/usr/bin/env bash
# Builds Jaeger's all-in-one from Go modules into a folder outside of the checkout, once per machine: $JAEGER_HOME/all-in-one.
set -euo pipefail
version=v1.62.0
home=${JAEGER_HOME:-$HOME/.cache/braid-tests/jaeger-$version}
if [ -x "$home/all-in-one" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: Jaeger cannot be built" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init jaeger-build >/dev/null 2>&1
printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/jaegertracing/jaeger/cmd/all-in-one"\n' >tools.go
go get "github.com/jaegertracing/jaeger@$version" >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
mkdir -p "$home"
GOFLAGS=-buildvcs=false go build -o "$home/all-in-one.new" github.com/jaegertracing/jaeger/cmd/all-in-one
mv "$home/all-in-one.new" "$home/all-in-one"
