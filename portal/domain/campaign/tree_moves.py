"""Moves in the tree: which campaigns they wait for, and who decides after one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.domain.campaign.calendar import MINUTE


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A published campaign that still collects from a unit or from one below it.

    `until` is its 停止填报, or the end of the longest 延期 among those units where that is later.
    """

    name: str
    until: datetime


def still_open(campaigns: Iterable[OpenCampaign], now: datetime) -> tuple[OpenCampaign, ...]:
    """Those that have not stopped; the minute named is included whole."""
    return tuple(each for each in campaigns if now < each.until + MINUTE)


def deciding_union(
    campaign_path: str, living_path: str, closed: Collection[int] = frozenset()
) -> int:
    """The id of the union that decides on a unit's report in a campaign.

    It is the next union up; the topmost one decides on its own report. Where the unit has moved
    since the campaign copied the tree, it is the lowest union that stands above it in both trees:
    one that may enter the unit now and whose sum holds its report. A `closed` one has nobody who
    could decide; the topmost is never closed.
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
    """What the board and a chase say of a unit that is no more; nothing of a living one."""
    if closed_at is None:
        return ""
    return f"已合并到{merged_into}" if merged_into else "已撤销"
