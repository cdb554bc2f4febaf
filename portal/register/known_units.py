"""Known units: the names by which a sheet is recognised as our unit's, or another unit's.

Messages quote only the sheet's own words, so that no unit learns another's name.
"""

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from portal.access import tenancy
from portal.domain.intake.unit_names import UnitNames
from portal.models import Expectation, Organisation


def names_round(session: Session, own: Expectation) -> UnitNames:
    """The names of our unit, of those above it and of all others, with former names.

    A former name is one under which a unit stands in the tree of an older campaign.
    """
    ours = dict.fromkeys([own.name, *session.scalars(select(Expectation.name).distinct())])
    others: list[str] = []
    above: list[str] = []
    names = select(Organisation.id, Organisation.path, Organisation.name)
    for number, path, name in session.execute(names):
        if number == own.organisation_id:
            ours[name] = None
        else:
            (above if own.path.startswith(path) else others).append(name)
    with tenancy.former_names() as door:
        others += door.scalars(_former_names_beside(own)).all()
    return UnitNames(tuple(ours), tuple(others), tuple(above))


def _former_names_beside(own: Expectation) -> Select[str]:
    """The former names of other units, without the units above ours."""
    return (
        select(Expectation.name)
        .join(Organisation, Organisation.id == Expectation.organisation_id)
        .where(
            Expectation.name != Organisation.name,
            ~literal(own.path).startswith(Organisation.path),
        )
        .distinct()
    )
