"""Headers: security headers of every answer, and compression."""

import gzip
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from werkzeug.http import parse_options_header

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # same-origin: Flask-WTF refuses https posts without a referrer
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TEXTS = {"text/css", "text/javascript", "image/svg+xml"}
"""The media types of static files that are compressed."""

INERT = f"{POLICY}; sandbox"
"""The policy for uploaded files: nothing in them may run."""

MIN_COMPRESSED_BYTES = 1400
"""Bytes below which an answer is not compressed: it fits one packet."""


def init_app(app: Flask) -> None:
    """Add the headers to every answer, errors included."""
    app.after_request(_compress)
    app.after_request(_compress_static)
    app.after_request(_encode_file_name)
    app.after_request(_add_headers)


def _add_headers(answer: Response) -> Response:
    inert = answer.headers.get("Content-Security-Policy") == INERT
    for name, text in ALWAYS.items():
        answer.headers[name] = text
    if inert:
        answer.headers["Content-Security-Policy"] = INERT
    if current_app.config["PORTAL"].https:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and answer.status_code < 400:
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        answer.headers["Cache-Control"] = "no-store"
        answer.vary.update(("Cookie", "HX-Request"))
    return answer


def _encode_file_name(answer: Response) -> Response:
    """Encode a Chinese file name (RFC 5987), since headers are latin-1."""
    sent = answer.headers.get("Content-Disposition", "")
    if not sent.isascii():
        kind, options = parse_options_header(sent)
        name = quote(options["filename"], safe="")
        answer.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{name}"
    return answer


def _compress(answer: Response) -> Response:
    if (
        answer.direct_passthrough
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or answer.mimetype != "text/html"
        or (answer.content_length or 0) < MIN_COMPRESSED_BYTES
    ):
        return answer
    answer.set_data(gzip.compress(answer.get_data(), compresslevel=6, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


_small: dict[str, bytes] = {}
"""Compressed static files by their ETag; there are a few dozen."""


def _compress_static(answer: Response) -> Response:
    """Compress styles and scripts, once per process."""
    if (
        request.endpoint != "static"
        or answer.status_code != 200
        or answer.mimetype not in TEXTS
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return answer
    tag = answer.headers["ETag"]
    answer.direct_passthrough = False
    content = answer.get_data()
    if tag not in _small:
        _small[tag] = gzip.compress(content, compresslevel=9, mtime=0)
    answer.set_data(_small[tag])
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.pop("ETag")
    answer.vary.add("Accept-Encoding")
    return answer
