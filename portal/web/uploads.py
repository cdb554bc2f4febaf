"""Uploads: a view that takes a file states its maximum size; other requests stay small."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

MAX_FIELDS_BYTES = 64 * 1024
"""Bytes of a request for other fields and multipart boundaries."""

MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: its name without folders, and its bytes."""

    name: str
    content: bytes


def takes_file(largest: int) -> Callable[[View], View]:
    """Allow a view to receive a file of up to `largest` bytes (decorator)."""

    def named(view: View) -> View:
        view.largest_body = largest + MAX_FIELDS_BYTES  # type: ignore[attr-defined]
        return view

    return named


def init_app(app: Flask) -> None:
    """Set the size limit of a request before any other hook reads its body."""
    app.url_value_preprocessor(_let_it_be_large)


def _let_it_be_large(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    largest = largest_body(endpoint)
    if largest and request.method == "POST":
        request.max_content_length = largest


def largest_body(endpoint: str | None) -> int | None:
    """The maximum body in bytes of a view that takes a file; None for any other view."""
    return getattr(current_app.view_functions.get(endpoint or ""), "largest_body", None)


def uploaded(field: str) -> Upload | None:
    """The uploaded file in a field; None if none was chosen."""
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    name = file.filename.replace("\\", "/").rpartition("/")[2]
    return Upload(name[-MAX_NAME_LENGTH:], file.read())
