#!/usr/bin/env bash
# Builds the image of the Dockerfile, as it is, where no registry of images can be reached: the base images that it names are made here, once, of Debian's packages, the Node of node_modules
# and the npm of this machine. Usage: bash test/deployment/build-image.sh [NAME]. Needs root, `npm run build` before, and from Debian: podman runc netavark aardvark-dns iptables debootstrap.
set -euo pipefail
cd "$(dirname "$0")/../.."
image=${1:-localhost/braid}
export CONTAINERS_CONF=$PWD/test/deployment/containers.conf
slim=docker.io/library/node:24-bookworm-slim
full=docker.io/library/node:24-bookworm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { nice -n 15 podman --runtime runc build --format docker --pull=never --network host "$@"; }

if ! podman image exists "$slim"; then
  mkdir -p "$work/context/usr/local/bin" "$work/context/usr/local/lib/node_modules"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$work/debian" http://deb.debian.org/debian >/dev/null
  rm -rf "$work/debian"/var/cache/apt/archives/*.deb "$work/debian"/var/lib/apt/lists/*
  tar -C "$work/debian" -c . | podman import - localhost/braid-test-debian:bookworm
  cp node_modules/node/bin/node "$work/context/usr/local/bin/"
  cp -r "$(npm root --global)/npm" "$work/context/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/context/usr/local/bin/npm"
  build -t "$slim" -f - "$work/context" <<'EOF'
FROM localhost/braid-test-debian:bookworm
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY usr/local /usr/local
CMD ["node"]
EOF
fi
if ! podman image exists "$full"; then
  mkdir -p "$work/empty"
  build -t "$full" -f - "$work/empty" <<EOF
FROM $slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends g++ >/dev/null
EOF
fi

# npm trusts in there whom it trusts here.
authorities=$(npm config get cafile)
trust=()
if [ -f "$authorities" ]; then
  echo "cafile=/run/authorities.pem" >"$work/npmrc"
  trust=(--volume "$authorities:/run/authorities.pem:ro" --volume "$work/npmrc:/root/.npmrc:ro")
fi
build "${trust[@]}" -t "$image" .
podman history --format '{{.Size}}  {{.CreatedBy}}' "$image"
