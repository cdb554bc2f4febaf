"""Read the unit's assurance for what one person did alone from a form's fields."""

from collections.abc import Mapping

from portal.domain.report.sole_handling import Assurance
from portal.web.form_fields import printable


def assurance_in(fields: Mapping[str, str]) -> Assurance:
    """The posted assurance for what one person did alone."""
    names = ("assurance", "assured_by", "assured_at")
    return Assurance(*(printable(fields.get(name, "").strip()) for name in names))
