#!/usr/bin/env bash
# Fetches the Kafka broker and what it needs from a Maven repository into a folder outside of the checkout, once per machine: $KAFKA_HOME/*.jar.
set -euo pipefail
version=4.1.1
home=${KAFKA_HOME:-$HOME/.cache/braid-tests/kafka-$version}
if [ -e "$home/kafka_2.13-$version.jar" ]; then exit 0; fi
if ! command -v mvn >/dev/null; then
  echo "no Maven: the Kafka broker cannot be fetched" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>braid.tests</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -B -q -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/jars" >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; exit 1; }
mkdir -p "$(dirname "$home")"
rm -rf "$home"
mv "$work/jars" "$home"
