"""Last year's figures from old workbooks, as part of the comparison between years.

They count for a unit without a report in the campaign before. An item is compared only where the
workbook has it for every such unit.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.collection.last_year import ENTERED, entered_of_units
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.sum_cache import Cache
from portal.domain.consolidation.same_units import Group, SameUnits
from portal.domain.form.formulas import Figures, total
from portal.models import LastYearFigure

Entered = Mapping[int, Figures]
"""Units' figures of the year before, by organisation id and this edition's codes."""


def entered_here(
    session: Session, node: ConsolidationScope, units: SameUnits, shelf: Cache
) -> Entered:
    """The workbook figures of the node's units that have no report of the year before."""
    campaign = node.assignment.campaign.id
    stamp = session.execute(
        select(func.count(), func.sum(LastYearFigure.version)).where(
            LastYearFigure.campaign_id == campaign
        )
    ).one()
    if not stamp[0] or not units.alone:
        return {}
    key = ("entered", campaign, node.tree.node.path, int(stamp[0]), int(stamp[1]))
    ids = node.tree.organisations.values()
    everyone = shelf.get(key, lambda: entered_of_units(session, node.form, campaign, ids))
    return {one: everyone[one] for one in units.alone if one in everyone}


def with_entered(units: SameUnits, entered: Entered) -> SameUnits:
    """The compared units, with those that have figures from an old workbook."""
    groups = tuple(Group((one,), (one,)) for one in sorted(entered))
    return replace(units, groups=(*units.groups, *groups), alone=units.alone.difference(entered))


def added(reports: Figures | None, entered: Entered) -> Figures:
    """Last year's sum: the reports' figures (None without any) plus those of the old workbooks."""
    if not entered:
        return reports or {}
    everyone = [*entered.values(), *([] if reports is None else [reports])]
    shared = [code for code in everyone[0] if all(code in one for one in everyone)]
    return {code: total(one[code] for one in everyone) for code in shared}


def remark(entered: Entered) -> str:
    """How many of the units have figures from an old workbook; empty without any."""
    return f"其中 {len(entered)} 家的上年数{ENTERED}，未剔除市内下拨" if entered else ""
