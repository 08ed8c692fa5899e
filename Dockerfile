# Build the wheel, and everything it needs, where compilers and caches may stay behind.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/encircle
COPY locks/service.txt ./locks/
RUN /opt/encircle/bin/python -m pip install --no-cache-dir --require-hashes -r locks/service.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY encircle ./encircle
COPY api ./api
RUN /opt/encircle/bin/python -m pip install --no-cache-dir --no-deps . \
    && /opt/encircle/bin/python -m pip check

# Run it as nobody in particular.
FROM python:3.11-slim
ENV PATH=/opt/encircle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/tmp/numba \
    ENCIRCLE_FIXTURES=/srv/encircle/fixtures
COPY --from=build /opt/encircle /opt/encircle
WORKDIR /srv/encircle
COPY fixtures ./fixtures
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["uvicorn", "encircle_api.main:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", "--no-access-log"]
