"""The code and the QR of a print, and the address that both lead to."""

from dataclasses import dataclass

import segno
from flask import Flask, current_app, url_for
from markupsafe import Markup

from portal.domain.paper.code import code_of
from portal.settings import Settings

QUIET_ZONE_MODULES = 4
"""White modules around the QR, required by ISO/IEC 18004."""


@dataclass(frozen=True, slots=True)
class PaperCode:
    """The code of a print, its link, and the link's QR as SVG.

    `typed` is true if 核对纸质件 finds the print by the code; otherwise the print has only the QR.
    """

    code: str
    link: str
    typed: bool = True

    @property
    def svg(self) -> Markup:
        """The QR of the link, safe as Markup: segno writes no style and no script."""
        made = segno.make(self.link, error="m", micro=False)
        return Markup(made.svg_inline(border=QUIET_ZONE_MODULES, omitsize=True, lineclass=None))  # noqa: S704


def init_app(app: Flask) -> None:
    """Register the template functions for codes."""
    app.jinja_env.globals["paper_code"] = paper_code


def code_leading_to(sha256: str, path: str) -> PaperCode:
    """The code of a print that is not stored: only its link, at `path`, leads to its check."""
    return PaperCode(code_of(sha256), _address(path), typed=False)


def _address(path: str) -> str:
    settings: Settings = current_app.config["PORTAL"]
    return settings.public_url + path


def paper_code(sha256: str) -> PaperCode:
    """The code of a stored print of this request's organisation."""
    code = code_of(sha256)
    return PaperCode(code, _address(url_for("paper.open_code", code=code)))
