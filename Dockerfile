# One bundled file on a base without shell or package manager.
FROM docker.io/library/node:26.10.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build

FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="wss-operator" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /src/dist/main.js /app/main.mjs
# A small young generation: a burst leaves less memory behind.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=4", "/app/main.mjs"]
CMD ["run"]
