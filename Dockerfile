# syntax=docker/dockerfile:1
# profilex with its network, converted for the processor. For NVIDIA GPUs build with
#   --build-arg TENSORFLOW=tensorflow[and-cuda]
ARG BASE=python:3.13.7-slim-bookworm

FROM ${BASE} AS build
ARG TENSORFLOW=tensorflow
RUN python -m venv /opt/profilex
ENV PATH=/opt/profilex/bin:$PATH
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY profilex ./profilex
COPY models ./models
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --disable-pip-version-check ".[gis]" "${TENSORFLOW}"
# without this every container would convert the network when it starts
RUN XDG_CACHE_HOME=/opt/profilex/cache python -c "from profilex.model import load_segmenter; load_segmenter(device='cpu')"

FROM ${BASE} AS runtime
RUN useradd --uid 1000 --create-home profilex
COPY --from=build /opt/profilex /opt/profilex
# the cache is for whatever user the container runs as: readable by all, and profilex does without writing to it
ENV PATH=/opt/profilex/bin:$PATH \
    XDG_CACHE_HOME=/opt/profilex/cache \
    DASK_TEMPORARY_DIRECTORY=/tmp \
    PYTHONUNBUFFERED=1
USER 1000
WORKDIR /tmp
# scheduler and workers have health checks of their own in docker-compose.yml
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s --retries=3 CMD ["profilex", "models", "verify"]
ENTRYPOINT ["profilex"]
CMD ["--help"]
