#!/usr/bin/env bash
# Builds a program around Elastic's grok engine for Go into a folder outside of the checkout, once per machine: $GROK_HOME/grok PATTERN reads lines and writes what the pattern finds in
# each as JSON (null: it does not match).
set -euo pipefail
version=v0.3.1
home=${GROK_HOME:-$HOME/.cache/braid-tests/grok-$version}
if [ -x "$home/grok" ]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "no Go toolchain: the grok engine cannot be built" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/elastic/go-grok"
)

func main() {
	engine := grok.New()
	if err := engine.Compile(os.Args[1], true); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		found, err := engine.ParseTypedString(lines.Text())
		if err != nil || len(found) == 0 {
			fmt.Println("null")
			continue
		}
		text, _ := json.Marshal(found)
		fmt.Println(string(text))
	}
}
GO
go mod init grok-build >/dev/null 2>&1
go get "github.com/elastic/go-grok@$version" >/dev/null 2>&1
mkdir -p "$home"
CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice -n 15 go build -trimpath -ldflags "-s -w" -o "$home/grok.new" .
mv "$home/grok.new" "$home/grok"
