"""The document of a draft print (送审稿), which is signed on paper before the submission."""

from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, with_totals
from portal.domain.report.submission import Json, canonical_bytes

FORMAT = 1
"""The version of the document's layout; a stored document keeps its version."""


def draft_document(
    form: Form,
    figures: Figures,
    *,
    organisation_code: str,
    organisation_name: str,
    campaign_code: str,
) -> bytes:
    """The report's current figures as canonical bytes.

    They contain no time and no person, so equal figures have the same sha256 however often they
    are printed. Raises `TypeError` for a figure that is no integer.
    """
    written: dict[str, Json] = {
        "format": FORMAT,
        "kind": "draft",
        "form": {"id": form.id, "version": form.version},
        "campaign": campaign_code,
        "organisation": {"code": organisation_code, "name": organisation_name},
        "figures": with_totals(form, figures),
    }
    return canonical_bytes(written)
