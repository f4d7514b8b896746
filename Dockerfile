# One image for all roles: `docker run IMAGE` is one process with all of them, `docker run IMAGE start --role reader ...` a reader.
# docs/deployment.md says how it is used.

FROM node:24-bookworm AS build
WORKDIR /opt/braid
COPY package.json package-lock.json ./
COPY scripts ./scripts
# Nothing here needs a script of a package: the base image is the Node that the package `node` would fetch.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node native/build.mjs && rm -f native/build/*.o
RUN node_modules/.bin/vite build --config console/vite.config.ts && rm -rf console/src
# What only the addon's compiler reads goes, too; bare-* are for another runtime than Node. Of the packages that stay: types, source maps, manuals and tests go, licences stay.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf scripts native/src dist console/src node_modules/node node_modules/usearch node_modules/node-addon-api node_modules/node-api-headers node_modules/bare-* \
  && find node_modules -type f -regextype posix-extended -iregex '.*\.(map|[cm]?ts|md|markdown|flow)' ! -iregex '.*/(licen[cs]e|notice|copying)[^/]*' -delete \
  && find node_modules -depth -type d -regextype posix-extended -regex '(.*/)?node_modules/(@[^/]+/)?[^/@][^/]*/(tests?|docs?|examples?|benchmarks?|\.github)' -exec rm -rf {} + \
  && find node_modules -depth -type d -empty -delete
# Fills the cache of compiled code: every start is half a second sooner.
RUN node cli/braid.mjs config >/dev/null

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
  BRAID_DATA_FOLDER=/var/lib/braid \
  BRAID_NODE_HOST=0.0.0.0 \
  BRAID_ROUTER_HOST=0.0.0.0 \
  BRAID_MANAGEMENT_HOST=0.0.0.0
COPY --from=build /opt/braid /opt/braid
RUN mkdir /var/lib/braid && chown node:node /var/lib/braid
USER node
WORKDIR /var/lib/braid
VOLUME /var/lib/braid
# Milvus API (gRPC and REST), node protocol, management.
EXPOSE 19530 19540 9091
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BRAID_MANAGEMENT_PORT ?? 9091}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The command replaces itself by Node with Braid's flags (execve): it stays process 1, SIGTERM reaches it and drains it. A forced end comes after drainMs and shutdownMs.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/braid/cli/braid.mjs"]
CMD ["start"]
