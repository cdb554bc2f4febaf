"""Rounds: a campaign collected several times, 节前报 and then 节后报, each with its own reports.

Every round is a campaign of its own that refers to the first round.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.domain.campaign.calendar import Status
from portal.models import Campaign


def rounds_of(session: Session, campaign: Campaign) -> Sequence[Campaign]:
    """All rounds of a campaign, drafts too, in the order in which they open."""
    first = campaign.first_round_id
    return session.scalars(
        select(Campaign)
        .where(or_(Campaign.id == first, Campaign.round_of_id == first))
        .order_by(Campaign.opens, Campaign.id)
    ).all()


def published_rounds(session: Session, campaign: Campaign) -> Sequence[Campaign]:
    """The rounds that are published; empty for a campaign without rounds."""
    if not campaign.round_name:
        return ()
    rounds = rounds_of(session, campaign)
    known = [each for each in rounds if each.status != Status.DRAFT]
    return known if len(known) > 1 else ()


def rounds_before(session: Session, campaign: Campaign) -> Sequence[Campaign]:
    """The published rounds before this one, the nearest first; empty for the first one."""
    if campaign.round_of_id is None:
        return ()
    rounds = [each for each in rounds_of(session, campaign) if each.status != Status.DRAFT]
    earlier = [each for each in rounds if each.opens < campaign.opens and each.id != campaign.id]
    return tuple(reversed(earlier))
