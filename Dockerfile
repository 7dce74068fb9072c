# First stage: a virtual environment with exactly what requirements.lock lists, every file checked against its hash.
FROM docker.io/library/python:3.13-slim AS build
ARG INSTALL="/opt/venv/bin/python -m pip install --no-cache-dir --require-hashes --no-deps"
COPY requirements.lock requirements-build.lock /tmp/
RUN python -m venv /opt/venv \
 && $INSTALL -r /tmp/requirements-build.lock \
 && $INSTALL --no-build-isolation --use-pep517 -r /tmp/requirements.lock \
 && /opt/venv/bin/python -m pip uninstall --yes setuptools pip \
 && /opt/venv/bin/python -m compileall -q -j 0 /opt/venv
WORKDIR /app
COPY bot bot
COPY templates templates
COPY config.yaml .
RUN /opt/venv/bin/python -m compileall -q bot

# Second stage: that environment and the service, run by a user who may write /data and nothing else.
FROM docker.io/library/python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data notice-bot \
 && install --directory --owner=notice-bot --group=notice-bot --mode=0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LISTEN=0.0.0.0:8080 \
    DATABASE=sqlite:////data/notices.db
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run", "--config", "/app/config.yaml"]
