"""The document of a draft print (送审稿): what paper says that is signed before it is submitted."""

from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, with_totals
from portal.domain.report.submission import Json, canonical_bytes

FORMAT = 1
"""The number of the document's layout; a document keeps the one that it was written in."""


def draft_document(
    form: Form,
    figures: Figures,
    *,
    organisation_code: str,
    organisation_name: str,
    campaign_code: str,
) -> bytes:
    """What a report says now, written down in the one canonical way.

    Neither the moment nor a person is in it: the same figures have the same fingerprint,
    however often they are printed.
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
