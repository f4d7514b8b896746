#!/usr/bin/env bash
# Builds the Java chapters of the conformance suite (test/sdk/java, on Milvus' Java SDK) into a folder outside of the checkout: java-sdk/conformance starts them.
set -euo pipefail
cd "$(dirname "$0")/../sdk/java"
home=${CONFORMANCE_HOME:-$HOME/.cache/braid-tests}/java-sdk
if ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then
  echo "no JDK or no Maven: the Java chapters of the conformance suite cannot be built" >&2
  exit 1
fi
mkdir -p "$home/classes"
cmp -s pom.xml "$home/pom.xml" || nice -n 15 mvn -q -B -f pom.xml dependency:copy-dependencies -DoutputDirectory="$home/packages" >/dev/null
cp pom.xml "$home/pom.xml"
nice -n 15 javac -nowarn -cp "$home/packages/*" -d "$home/classes" Conformance.java 2>/dev/null
printf '#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -cp "%s/packages/*:%s/classes" Conformance "$@"\n' "$home" "$home" > "$home/conformance"
chmod +x "$home/conformance"
