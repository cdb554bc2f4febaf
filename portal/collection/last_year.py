"""Last year's figures from an old workbook (录入自旧表), if no campaign has them.

They are used only for a unit without a submission in last year's campaign.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.intake.old_table import completed
from portal.models import LastYearFigure
from portal.models.prepared import Prepared, execute

ENTERED = "录入自旧表"
"""The mark beside such a figure wherever it is shown."""

_figures = Prepared(
    select(LastYearFigure.item, LastYearFigure.value).where(
        LastYearFigure.campaign_id == bindparam("campaign_id")
    )
)

_of_units = select(LastYearFigure.organisation_id, LastYearFigure.item, LastYearFigure.value).where(
    LastYearFigure.campaign_id == bindparam("campaign_id")
)


def entered_figures(session: Session, form: Form, campaign_id: int) -> Figures | None:
    """This organisation's figures from an old workbook, a year before a campaign, or None."""
    rows = execute(session, _figures, {"campaign_id": campaign_id})
    return completed(form, {row.item: row.value for row in rows}) if rows else None


def entered_of_units(
    session: Session, form: Form, campaign_id: int, organisations: Iterable[int]
) -> Mapping[int, Figures]:
    """`entered_figures` by organisation, for those that have any; the session reads a subtree."""
    wanted = frozenset(organisations)
    kept: dict[int, dict[str, int | None]] = {}
    for organisation_id, item, value in session.execute(_of_units, {"campaign_id": campaign_id}):
        if organisation_id in wanted:
            kept.setdefault(organisation_id, {})[item] = value
    return {each: completed(form, figures) for each, figures in kept.items()}
