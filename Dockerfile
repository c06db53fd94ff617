# The build stage assembles a root file system (deploy/image/rootfs.ts), the image is that and nothing else: no shell, no package
# manager, no npm. `npm run image` builds the last stage from the same files without a container.
FROM docker.io/library/node:26.10.0-bookworm-slim AS build
ARG SOURCE_DATE_EPOCH=0
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY LICENSE tsconfig.json ./
COPY deploy/image deploy/image
COPY src src
RUN node deploy/image/rootfs.ts

FROM scratch AS rootfs
COPY --from=build /build/dist/image/rootfs /

FROM scratch
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="wss-operator" \
      org.opencontainers.image.description="Kubernetes operator that publishes WebSocket backends as wss:// with one WssRoute" \
      org.opencontainers.image.source="https://github.com/wss-operator/wss-operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
COPY --from=rootfs / /
USER 65532:65532
# One arena of glibc for all threads: V8's and libuv's would each keep one of their own, 4 MiB at rest.
ENV MALLOC_ARENA_MAX=1
# A young generation of 16 MiB, whatever the memory of the Pod: with 512 MiB V8 would take 1 and collect it that much more often, with a large
# machine's it would take more, which a burst fills and leaves behind until it is over (src/cli/collect-at-rest.ts).
# Permissions: the network and reading its own files, the ServiceAccount, the configuration and its own figures; no writing, no other process,
# no thread, no addon. The warning is about --allow-net, which is new.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=16", "--permission", "--allow-net", "--allow-fs-read=/app/", "--allow-fs-read=/var/run/secrets/", "--allow-fs-read=/etc/wss-operator/", "--allow-fs-read=/proc/self/", "--disable-warning=ExperimentalWarning", "/app/main.mjs"]
CMD ["run"]
