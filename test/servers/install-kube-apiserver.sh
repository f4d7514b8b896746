#!/usr/bin/env bash
# Builds kube-apiserver from Go modules into a folder outside of the checkout, once per machine: $KUBE_APISERVER_HOME/kube-apiserver.
# About 7 minutes of CPU. v1.31.0: the newest line that Debian's etcd 3.4 serves and whose modules all stand in the checksum database.
set -euo pipefail
version=v1.31.0
home=${KUBE_APISERVER_HOME:-$HOME/.cache/braid-tests/kube-apiserver-$version}
if [ -x "$home/kube-apiserver" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: kube-apiserver cannot be built" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init kube-apiserver-build >/dev/null 2>&1
go mod edit -require "k8s.io/kubernetes@$version"
# Kubernetes names its own libraries as v0.0.0 and finds them in its source tree; as modules they are released as v0.<minor>.<patch>.
manifest=$(go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
sed -n 's/^\t*\(k8s\.io\/[a-z-]*\) v0\.0\.0\( .*\)\?$/\1/p' "$manifest" | while read -r library; do
  go mod edit -replace "$library=$library@v0${version#v1}"
done
mkdir -p "$home"
CGO_ENABLED=0 GOFLAGS="-mod=mod -buildvcs=false" nice -n 15 go build -trimpath \
  -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=31" \
  -o "$home/kube-apiserver.new" k8s.io/kubernetes/cmd/kube-apiserver >/dev/null 2>&1
mv "$home/kube-apiserver.new" "$home/kube-apiserver"
