# One image for every process; the command says which: python -m services.check, python -m workers, dq migrate …
FROM python:3.12-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock README.md ./
RUN uv venv /opt/dq && uv pip install --no-cache --compile-bytecode --python /opt/dq/bin/python --require-hashes -r requirements.lock
COPY . .
RUN uv pip install --no-cache --compile-bytecode --python /opt/dq/bin/python --no-deps .

FROM python:3.12-slim
LABEL org.opencontainers.image.title="DQ Platform"
# For SQL Server: the ODBC driver manager, and a driver. Microsoft's own must be added from its packages.
RUN apt-get update && apt-get install -y --no-install-recommends unixodbc tdsodbc && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/dq dq
COPY --from=build /opt/dq /opt/dq
ENV PATH=/opt/dq/bin:$PATH PYTHONUNBUFFERED=1 DQ_HOST=0.0.0.0 DQ_GATEWAY_HOST=0.0.0.0 DQ_LOG_FORMAT=json
USER dq
WORKDIR /home/dq
CMD ["dq", "--help"]
