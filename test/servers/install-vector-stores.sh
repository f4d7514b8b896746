#!/usr/bin/env bash
# Vector stores of LangChain and LlamaIndex over Milvus, once per machine, each in a folder of its own outside of the checkout.
set -euo pipefail
cache=${VECTOR_STORES_HOME:-$HOME/.cache/braid-tests}

python_package() { # <package> <version> <version of pymilvus>
  local home=$cache/$1-$2
  if [ -e "$home/.installed" ]; then return; fi
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check "$1==$2" "pymilvus==$3"
  touch "$home/.installed"
}

python_package langchain-milvus 0.4.0 3.0.0
python_package llama-index-vector-stores-milvus 1.2.0 2.6.17

node_home=$cache/langchain-community-1.1.29
if [ ! -e "$node_home/.installed" ]; then
  mkdir -p "$node_home"
  printf '{ "private": true, "type": "module" }\n' >"$node_home/package.json"
  npm install --prefix "$node_home" --legacy-peer-deps --no-audit --no-fund --loglevel=error \
    "@langchain/community@1.1.29" "@langchain/core@1.1.38" "@zilliz/milvus2-sdk-node@2.6.17"
  touch "$node_home/.installed"
fi
