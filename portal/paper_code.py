"""The code and the QR that paper carries, and the address that both lead to."""

from dataclasses import dataclass

import segno
from flask import Flask, current_app, url_for
from markupsafe import Markup

from portal.domain.paper_code import code_of
from portal.settings import Settings

QUIET_ZONE = 2
"""White modules round the QR; the paper round it is white too."""


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What a print carries: the code, the link behind it, and its QR as SVG."""

    code: str
    link: str

    @property
    def svg(self) -> Markup:
        """The QR of the link; segno writes no style and no script, and we wrote the link."""
        made = segno.make(self.link, error="m", micro=False)
        return Markup(made.svg_inline(border=QUIET_ZONE, omitsize=True, lineclass=None))  # noqa: S704


def init_app(app: Flask) -> None:
    """Let templates draw codes."""
    app.jinja_env.globals["paper_code"] = paper_code


def code_leading_to(sha256: str, path: str) -> PaperCode:
    """What a print carries whose check is a page of its own, at `path`."""
    settings: Settings = current_app.config["PORTAL"]
    return PaperCode(code_of(sha256), settings.public_url + path)


def paper_code(sha256: str) -> PaperCode:
    """What a print of the organisation in this request carries for a frozen content."""
    return code_leading_to(sha256, url_for("paper.open_code", code=code_of(sha256)))
