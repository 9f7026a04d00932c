# The ladder in a container: the supervisor as process 1, its executables, two fonts, and nothing else.
# docs/operations.md says how to run it.

FROM rust:1.95-bookworm AS build
WORKDIR /ladder
# The dependencies, in a layer of their own that lasts until a manifest changes: every file that a manifest
# names stands empty here.
COPY Cargo.toml Cargo.lock ./
COPY ipc-schema/Cargo.toml ipc-schema/
COPY replay/Cargo.toml replay/
COPY emulator/Cargo.toml emulator/
RUN set -e; \
    for file in $(sed -n 's/^path = "\(.*\.rs\)"$/\1/p' Cargo.toml) replay/examples/mutate.rs; do \
        mkdir -p "$(dirname "$file")"; echo 'fn main() {}' > "$file"; \
    done; \
    for member in . ipc-schema replay emulator; do mkdir -p "$member/src"; : > "$member/src/lib.rs"; done; \
    cargo build --release --locked --bins; \
    cargo clean --release --locked --package evoladder --package ipc-schema --package replay --package emulator
COPY . .
RUN set -e; \
    cargo build --release --locked --bins; \
    mkdir /executables; \
    find target/release -maxdepth 1 -type f -name 'evoladder*' -perm -u+x -exec cp -t /executables {} +

FROM debian:bookworm-slim AS fonts
RUN set -e; \
    apt-get update; \
    apt-get install --yes --no-install-recommends fonts-noto-core fonts-noto-cjk; \
    mkdir -p /fonts/truetype/noto /fonts/opentype/noto; \
    cp -t /fonts/truetype/noto /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf /usr/share/fonts/truetype/noto/NotoSans-Bold.ttf; \
    cp -t /fonts/opentype/noto /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc

FROM debian:bookworm-slim
# The authorities that vouch for a bucket's server.
RUN set -e; \
    apt-get update; \
    apt-get install --yes --no-install-recommends ca-certificates; \
    rm -rf /var/lib/apt/lists/*; \
    useradd --uid 10000 --user-group --no-create-home --shell /usr/sbin/nologin ladder; \
    install --directory --owner ladder --group ladder --mode 0700 /data
COPY --from=fonts /fonts /usr/share/fonts
COPY --from=build /executables /opt/evoladder
ENV PATH=/opt/evoladder:/usr/local/bin:/usr/bin:/bin EVOLADDER_DATA=/data
USER ladder
STOPSIGNAL SIGTERM
# A standby is healthy too. Five misses are 50 s, in which any process would have been started again.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=5 CMD ["evoladder", "status", "--json"]
ENTRYPOINT ["evoladder"]
CMD ["run"]
