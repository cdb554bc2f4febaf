"""Uploads: a view that takes a file says how large; everywhere else a request stays small."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

FIELDS = 64 * 1024
"""Bytes of a request for the other fields and the frame round the file."""

MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody brought: its name as sent, without folders, and its bytes."""

    name: str
    content: bytes


def takes_file(largest: int) -> Callable[[View], View]:
    """Let a view be sent a file of up to `largest` bytes."""

    def named(view: View) -> View:
        view.largest_body = largest + FIELDS  # type: ignore[attr-defined]
        return view

    return named


def init_app(app: Flask) -> None:
    """Set the size of a request before anything reads it; so this comes before the rest."""
    app.url_value_preprocessor(_let_it_be_large)


def _let_it_be_large(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    largest = largest_body(endpoint)
    if largest and request.method == "POST":
        request.max_content_length = largest


def largest_body(endpoint: str | None) -> int | None:
    """The bytes that a view which takes a file may be sent; None for every other view."""
    return getattr(current_app.view_functions.get(endpoint or ""), "largest_body", None)


def uploaded(field: str) -> Upload | None:
    """The file that came in a field; None where none was chosen."""
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    name = file.filename.replace("\\", "/").rpartition("/")[2]
    return Upload(name[-MAX_NAME_LENGTH:], file.read())
