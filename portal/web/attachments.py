"""Attachments: a file that the browser keeps instead of showing it."""

from flask import Response, make_response

from portal.workbooks.sheet import XLSX


def attachment(name: str, content: bytes, mimetype: str = XLSX) -> Response:
    """The answer that hands out `content` as a file called `name`, a workbook unless said."""
    answer = make_response(content)
    answer.mimetype = mimetype
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
