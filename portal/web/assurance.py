"""The assurance that a form carries: how the unit stood behind what one person did alone."""

from collections.abc import Mapping

from portal.domain.report.sole_handling import Assurance
from portal.web.form_fields import printable


def assurance_in(fields: Mapping[str, str]) -> Assurance:
    """How the unit stands behind what one person did alone, as posted."""
    names = ("assurance", "assured_by", "assured_at")
    return Assurance(*(printable(fields.get(name, "").strip()) for name in names))
