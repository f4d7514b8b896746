#!/usr/bin/env bash
# Vector stores of LangChain and LlamaIndex over Milvus, once per machine, in folders outside of the checkout: a virtual environment for Python, node_modules for JavaScript.
set -euo pipefail
python_home=${VECTOR_STORES_PYTHON_HOME:-$HOME/.cache/braid-tests/vector-stores-python-1}
node_home=${VECTOR_STORES_NODE_HOME:-$HOME/.cache/braid-tests/vector-stores-node-1}

if ! "$python_home/bin/python" -c 'import langchain_milvus, llama_index.vector_stores.milvus' 2>/dev/null; then
  python3 -m venv "$python_home"
  "$python_home/bin/pip" install --quiet --disable-pip-version-check \
    "langchain-milvus==0.3.3" "llama-index-vector-stores-milvus==1.2.0" "pymilvus==2.6.17"
fi

if [ ! -e "$node_home/node_modules/@langchain/community/package.json" ]; then
  mkdir -p "$node_home"
  printf '{ "private": true, "type": "module" }\n' >"$node_home/package.json"
  npm install --prefix "$node_home" --legacy-peer-deps --no-audit --no-fund --loglevel=error \
    "@langchain/community@1.1.29" "@langchain/core@1.1.38" "@zilliz/milvus2-sdk-node@2.6.17"
fi
