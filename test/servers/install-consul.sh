#!/usr/bin/env bash
# Builds the Consul agent from Go modules into a folder outside of the checkout, once per machine: $CONSUL_HOME/consul.
set -euo pipefail
version=v1.20.6
home=${CONSUL_HOME:-$HOME/.cache/braid-tests/consul-$version}
if [ -x "$home/consul" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: Consul cannot be built" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
quietly() { "$@" >log 2>&1 || { tail -5 log >&2; exit 1; }; }
go mod init consul-build >/dev/null 2>&1
printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/hashicorp/consul"\n' >tools.go
# Consul's own checksums: some of its dependencies are known nowhere else.
quietly go mod download -json "github.com/hashicorp/consul@$version"
cp "$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' log)/go.sum" go.sum
chmod u+w go.sum
quietly go get "github.com/hashicorp/consul@$version"
mkdir -p "$home"
GOFLAGS=-buildvcs=false quietly nice go build -ldflags '-s -w' -o "$home/consul.new" github.com/hashicorp/consul
mv "$home/consul.new" "$home/consul"
