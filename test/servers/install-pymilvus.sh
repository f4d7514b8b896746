#!/usr/bin/env bash
# pymilvus in a virtual environment of its own, once per machine: $PYMILVUS_HOME/bin/python.
set -euo pipefail
version=2.6.17
home=${PYMILVUS_HOME:-$HOME/.cache/braid-tests/pymilvus-$version}
if "$home/bin/python" -c 'import pymilvus.bulk_writer' 2>/dev/null; then exit 0; fi
python3 -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check "pymilvus[bulk-writer]==$version"
