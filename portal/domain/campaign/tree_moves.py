"""Moves in the tree: which campaigns delay a move, and which union reviews after it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.domain.campaign.calendar import MINUTE


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A published campaign that still collects from a unit or from one below it.

    `until` is its 停止填报, or the end of the longest 延期 among those units if that is later.
    """

    name: str
    until: datetime


def still_open(campaigns: Iterable[OpenCampaign], now: datetime) -> tuple[OpenCampaign, ...]:
    """The campaigns that have not stopped; a campaign is open until its last minute is over."""
    return tuple(each for each in campaigns if now < each.until + MINUTE)


def deciding_union(
    campaign_path: str, living_path: str, closed: Collection[int] = frozenset()
) -> int:
    """The id of the union that reviews a unit's report in a campaign.

    That is the next union up; the root reviews its own report. If the unit has moved since the
    campaign copied the tree, it is the lowest union above the unit in both trees: that union may
    enter the unit now, and its sum holds the report. Unions in `closed` are skipped, since nobody
    there can sign in; the root is never closed.
    """
    then, living = _above(campaign_path), _above(living_path)
    if not living:
        return _ids(living_path)[-1]
    in_both = (each for each in reversed(living) if each in then and each not in closed)
    return next(in_both, living[0])


def _above(path: str) -> list[int]:
    return _ids(path)[:-1]


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/")]


def gone_words(closed_at: datetime | None, merged_into: str | None) -> str:
    """The words on the board and in reminders for a closed or merged unit; empty for others."""
    if closed_at is None:
        return ""
    return f"已合并到{merged_into}" if merged_into else "已撤销"
