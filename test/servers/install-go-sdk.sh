#!/usr/bin/env bash
# Builds the Go chapters of the conformance suite (test/sdk/go, on Milvus' Go SDK) into a folder outside of the checkout: go-sdk/conformance.
set -euo pipefail
cd "$(dirname "$0")/../sdk/go"
home=${CONFORMANCE_HOME:-$HOME/.cache/braid-tests}/go-sdk
if ! command -v go >/dev/null; then
  echo "no Go toolchain: the Go chapters of the conformance suite cannot be built" >&2
  exit 1
fi
mkdir -p "$home"
CGO_ENABLED=0 nice -n 15 go build -buildvcs=false -trimpath -o "$home/conformance" .
touch "$home/conformance"
