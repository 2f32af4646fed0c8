# ParkGraph and its adapters, for a PostgreSQL of your own (PARKGRAPH_DATABASE_URL): docs/operations.md.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /src
# The tools to build with stay in /build; what is run is in /opt/parkgraph, which has not even pip.
RUN python3 -m venv /build && python3 -m venv --without-pip /opt/parkgraph
COPY requirements-build.lock requirements-image.lock ./
RUN /build/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: \
        --requirement requirements-build.lock \
    && /build/bin/pip --python /opt/parkgraph/bin/python3 install --no-cache-dir --require-hashes --only-binary=:all: \
        --requirement requirements-image.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY adapters adapters
# Those of these folders of adapters/; * is all of them.
ARG ADAPTERS=*
# hadolint ignore=SC2086
RUN set -f && for name in ${ADAPTERS}; do set -- "$@" "./adapters/${name}/"; done && set +f \
    && /build/bin/pip wheel --no-cache-dir --no-index --no-deps --no-build-isolation --wheel-dir /wheels . $* \
    && /build/bin/pip --python /opt/parkgraph/bin/python3 install --no-cache-dir --no-index --no-deps /wheels/*.whl \
    && find /opt/parkgraph -depth -type d -name tests -exec rm -r {} +

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ParkGraph" \
      org.opencontainers.image.description="One GraphQL graph over every parking network and every private yard" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/parkgraph /opt/parkgraph
ENV PATH=/opt/parkgraph/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PARKGRAPH_SERVER_ENVIRONMENT=production
# Nobody in particular; a number, so that Kubernetes sees that it is not root. Nothing is written outside of /tmp.
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python3", "-c", \
    "from os import environ; from urllib.request import urlopen; urlopen('http://127.0.0.1:%s/healthz' % environ.get('PARKGRAPH_SERVER_PORT', 8000), timeout=2)"]
ENTRYPOINT ["parkgraph", "serve", "--host", "0.0.0.0"]
