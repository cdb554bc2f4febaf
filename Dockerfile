# One process of the portal. compose.yaml runs two of them on PostgreSQL; on its own the image
# serves a city from the SQLite file in /var/lib/portal, at http://127.0.0.1:8000 of its machine:
#   docker build --tag portal .
#   docker run --rm --volume portal:/var/lib/portal portal init
#   docker run --detach --publish 127.0.0.1:8000:8000 --volume portal:/var/lib/portal portal
# Under another address: --env PORTAL_PUBLIC_URL=http://10.2.3.4:8000 --publish 8000:8000

FROM python:3.12.11-slim-bookworm AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY portal portal
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12.11-slim-bookworm
COPY deploy/requirements.lock /requirements.lock
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels \
    pip install --no-cache-dir --only-binary :all: --require-hashes -r /requirements.lock \
 && pip install --no-cache-dir --no-deps /wheels/*.whl \
 && useradd --system --uid 10001 --no-create-home portal \
 && install --directory --owner portal --mode 700 /var/lib/portal
USER portal
ENV PORTAL_INSTANCE=/var/lib/portal \
    PORTAL_HOST=0.0.0.0 \
    PORTAL_PUBLIC_URL=http://127.0.0.1:8000 \
    PYTHONUNBUFFERED=1
EXPOSE 8000
# The portal answers to its public name only.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["python", "-c", "import os; from http.client import HTTPConnection; from urllib.parse import urlsplit; here = HTTPConnection('127.0.0.1', int(os.environ.get('PORTAL_PORT', 8000)), timeout=4); here.request('GET', '/healthz', headers={'Host': urlsplit(os.environ.get('PORTAL_PUBLIC_URL', 'http://127.0.0.1')).netloc}); raise SystemExit(here.getresponse().status != 200)"]
ENTRYPOINT ["portal"]
CMD ["serve"]
