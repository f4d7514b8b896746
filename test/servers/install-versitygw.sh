#!/usr/bin/env bash
# Builds the Versity S3 Gateway (an S3 server over a folder that honours conditional writes) from its Go module, once per machine: $VERSITYGW_HOME/versitygw.
set -euo pipefail
version=v1.8.0
home=${VERSITYGW_HOME:-$HOME/.cache/braid-tests/versitygw-$version}
if [ -x "$home/versitygw" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: the Versity S3 Gateway cannot be built" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
quietly() { "$@" >log 2>&1 || { tail -5 log >&2; exit 1; }; }
go mod init versitygw-build >/dev/null 2>&1
printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/versity/versitygw/cmd/versitygw"\n' >tools.go
# The gateway's own checksums: what it was tested with.
quietly go mod download -json "github.com/versity/versitygw@$version"
cp "$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' log)/go.sum" go.sum
chmod u+w go.sum
quietly go get "github.com/versity/versitygw@$version"
mkdir -p "$home"
GOFLAGS=-buildvcs=false quietly nice -n 15 go build -ldflags '-s -w' -o "$home/versitygw.new" github.com/versity/versitygw/cmd/versitygw
mv "$home/versitygw.new" "$home/versitygw"
