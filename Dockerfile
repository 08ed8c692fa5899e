# The bases by their whole version; --build-arg BASE=…@sha256:… takes one by its digest.
ARG BASE=docker.io/library/python:3.11.14-slim-bookworm
ARG BUILDER=docker.io/library/python:3.11.14-bookworm

# Build the wheel, and everything it needs, where builders and caches may stay behind.
FROM ${BUILDER} AS build
WORKDIR /src
COPY locks ./locks
RUN python -m venv --without-pip /opt/encircle \
    && python -m pip install --no-cache-dir --require-hashes -r locks/build.txt \
    && python -m pip --python /opt/encircle/bin/python install \
        --no-cache-dir --no-compile --require-hashes -r locks/service.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY encircle ./encircle
COPY api ./api
COPY fixtures ./fixtures
COPY scripts/thin_image.sh scripts/write_sbom.py ./scripts/
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheels . \
    && python -m pip --python /opt/encircle/bin/python install --no-compile --no-deps /wheels/*.whl \
    && python -m pip --python /opt/encircle/bin/python check \
    && /opt/encircle/bin/python scripts/write_sbom.py >/opt/encircle/sbom.cdx.json \
    && scripts/thin_image.sh /opt/encircle \
    && mkdir /data

# Run it as nobody in particular.
FROM ${BASE}
LABEL org.opencontainers.image.title=Encircle \
      org.opencontainers.image.description="Given a map, is this force cut off, and how do you know?" \
      org.opencontainers.image.licenses="Apache-2.0 AND ODbL-1.0 AND CC-BY-4.0 AND BSD-3-Clause AND OFL-1.1"
ENV PATH=/opt/encircle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENCIRCLE_DATABASE=/data/encircle.sqlite \
    ENCIRCLE_FIXTURES=/srv/encircle/fixtures
COPY --from=build /opt/encircle /opt/encircle
COPY --from=build --chown=10001:10001 /data /data
WORKDIR /srv/encircle
COPY fixtures ./fixtures
USER 10001:10001
VOLUME /data
EXPOSE 8000
# OCI knows no health check: whoever runs the image in that format runs this command himself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "encircle_api.healthy"]
CMD ["encircle", "serve", "--host", "0.0.0.0"]
