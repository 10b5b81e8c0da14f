# glossa in a container:
#
#     docker build -t glossa .
#     docker run --rm --device /dev/fuse --cap-add SYS_ADMIN glossa demo
#
# In some systems AppArmor forbids mounts besides: --security-opt apparmor=unconfined.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm pack

FROM node:24-bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends fuse3 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/glossa-*.tgz /tmp/
RUN npm install --global /tmp/glossa-*.tgz && rm /tmp/glossa-*.tgz
ENTRYPOINT ["glossa"]
CMD ["help"]
