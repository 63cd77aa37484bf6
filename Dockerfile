# Silkwire in a container: one static binary, no shell, nobody's privileges.
#
#   docker build -t silkwire .
#   docker run --rm --network host -v silkwire:/data silkwire
#
# The steps of the first stage run without a container as well
# (contrib/container-check.sh, which reads them here), so that they are tested
# where there is no container engine.

FROM golang:1.26 AS build
ARG VERSION=0.1.0
ARG OUT=/out
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" \
      -o "$OUT/silkwire" ./cmd/silkwire
RUN mkdir -p "$OUT/data" "$OUT/config" && chmod 0700 "$OUT/data"
RUN cp /etc/ssl/certs/ca-certificates.crt "$OUT/ca-certificates.crt"

FROM scratch
LABEL org.opencontainers.image.title="Silkwire" \
      org.opencontainers.image.description="Who is courting whom in Central Asia, and with what: a news monitor with evidence for every tag" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.documentation="README.md"
COPY --from=build /out/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/silkwire /silkwire
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/config /config

# The archive is /data/silkwire/silkwire.db unless a configuration places it
# elsewhere. Nothing else is written: the root may be read-only. The zone
# database is in the binary.
ENV XDG_STATE_HOME=/data HOME=/data
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/silkwire","healthcheck"]
ENTRYPOINT ["/silkwire"]
CMD ["serve"]
