# castgraph in a container: no root, nothing writable but /data (and /tmp, where one is mounted).
#   docker build -t castgraph . && docker compose up
FROM python:3.11-slim AS install
WORKDIR /src
RUN python -m venv /opt/castgraph
COPY requirements.lock ./
RUN /opt/castgraph/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY graph graph
COPY ontology ontology
COPY queries queries
COPY server server
RUN /opt/castgraph/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/castgraph/bin/python -m compileall -q /opt/castgraph/lib

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /data castgraph \
 && install --directory --owner=castgraph --mode=0750 /data
COPY --from=install /opt/castgraph /opt/castgraph
ENV PATH=/opt/castgraph/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    CASTGRAPH_DATA=/data \
    CASTGRAPH_HOST=0.0.0.0 \
    CASTGRAPH_PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
ENTRYPOINT ["castgraph"]
CMD ["serve"]
