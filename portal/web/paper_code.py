"""The code and the QR that paper carries, and the address that both lead to."""

from dataclasses import dataclass

import segno
from flask import Flask, current_app, url_for
from markupsafe import Markup

from portal.domain.paper.code import code_of
from portal.settings import Settings

QUIET_ZONE = 4
"""White modules round the QR, as its standard (ISO/IEC 18004) asks for."""


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What a print carries: the code, the link behind it, and its QR as SVG.

    The code is `typed` where 核对纸质件 finds the print by it; else the print has the QR alone.
    """

    code: str
    link: str
    typed: bool = True

    @property
    def svg(self) -> Markup:
        """The QR of the link; segno writes no style and no script, and we wrote the link."""
        made = segno.make(self.link, error="m", micro=False)
        return Markup(made.svg_inline(border=QUIET_ZONE, omitsize=True, lineclass=None))  # noqa: S704


def init_app(app: Flask) -> None:
    """Let templates draw codes."""
    app.jinja_env.globals["paper_code"] = paper_code


def code_leading_to(sha256: str, path: str) -> PaperCode:
    """What a print carries that is kept nowhere: only its link, at `path`, leads to its check."""
    return PaperCode(code_of(sha256), _address(path), typed=False)


def _address(path: str) -> str:
    settings: Settings = current_app.config["PORTAL"]
    return settings.public_url + path


def paper_code(sha256: str) -> PaperCode:
    """What a print of the organisation in this request carries for a frozen content."""
    code = code_of(sha256)
    return PaperCode(code, _address(url_for("paper.open_code", code=code)))
