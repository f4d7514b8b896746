#!/usr/bin/env bash
# Builds Helm from Go modules into a folder outside of the checkout, once per machine: $HELM_HOME/helm.
set -euo pipefail
version=v3.19.0
home=${HELM_HOME:-$HOME/.cache/braid-tests/helm-$version}
if [ -x "$home/helm" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: Helm cannot be built" >&2
  exit 1
fi
mkdir -p "$home"
GOBIN="$home" CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice -n 15 go install -trimpath -ldflags "-s -w" "helm.sh/helm/v3/cmd/helm@$version" >/dev/null 2>&1
