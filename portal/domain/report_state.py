"""The life of a report: its states, the allowed moves, and the refusal of all others."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """The state of a report; `NOT_STARTED` means that no report exists and is never stored."""

    NOT_STARTED = "not-started"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        """The state in one word, for tables and counts."""
        return _LABELS[self]

    @property
    def long_label(self) -> str:
        """The state with its next step, for headings and sentences: 已上报（待审核）."""
        return self.label + _WAITING.get(self, "")


_LABELS: Mapping[State, str] = {
    State.NOT_STARTED: "未填报",
    State.DRAFT: "填报中",
    State.SUBMITTED: "已上报",
    State.RETURNED: "已退回",
    State.ACCEPTED: "已审核",
}
_WAITING: Mapping[State, str] = {
    State.SUBMITTED: "（待审核）",
    State.RETURNED: "（待修改）",
}

EDITABLE = frozenset({State.NOT_STARTED, State.DRAFT, State.RETURNED})
"""The states in which figures may be written; in all others the report is frozen."""


class Move(StrEnum):
    """An action on a whole report."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        """The move in the words of its button."""
        return _BUTTONS[self]


_BUTTONS: Mapping[Move, str] = {
    Move.SUBMIT: "上报",
    Move.WITHDRAW: "撤回",
    Move.SEND_BACK: "退回修改",
    Move.ACCEPT: "审核通过",
    Move.REOPEN: "取消审核并退回更正",
}

MOVES: Mapping[Move, tuple[tuple[State, ...], State | None]] = {
    Move.SUBMIT: ((State.DRAFT, State.RETURNED), State.SUBMITTED),
    # A withdrawal undoes a submission, so it returns to the state before it.
    Move.WITHDRAW: ((State.SUBMITTED,), None),
    Move.SEND_BACK: ((State.SUBMITTED,), State.RETURNED),
    Move.ACCEPT: ((State.SUBMITTED,), State.ACCEPTED),
    Move.REOPEN: ((State.ACCEPTED,), State.RETURNED),
}
"""The start states and the end state of each move."""


class NotAllowedNow(Exception):
    """A step is not possible now; `sentence` says why, in Chinese. Answered 409."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def after(move: Move, state: State, came_from: State | None = None) -> State:
    """The state of a report in `state` after `move`.

    `came_from` is the state before the last submission; only a withdrawal needs it. Raises
    `NotAllowedNow` when the move does not start from `state`, and `ValueError` when a withdrawal
    has no valid `came_from` (draft or returned).
    """
    starts, end = MOVES[move]
    if state not in starts:
        raise NotAllowedNow(_refusal(move, state))
    return end or _back_to(came_from)


def _back_to(came_from: State | None) -> State:
    if came_from not in MOVES[Move.SUBMIT][0]:
        raise ValueError(f"a submission cannot have come from {came_from}")
    return came_from


def _refusal(move: Move, state: State) -> str:
    starts = "、".join(start.label for start in MOVES[move][0])
    return _REFUSALS.get((move, state)) or (
        f"报表现在是{state.long_label}，不能{move.label}；只有{starts}的报表才能{move.label}。"
    )


# The common refusals say what to do instead.
_REFUSALS: Mapping[tuple[Move, State], str] = {
    (Move.SUBMIT, State.NOT_STARTED): "报表还没有填写，填写后才能上报。",
    (Move.SUBMIT, State.SUBMITTED): "报表已经上报，不必再次上报；需要修改请先撤回。",
    (Move.SUBMIT, State.ACCEPTED): "报表已审核通过，不必再次上报；需要更正请联系上级工会退回更正。",
    (Move.WITHDRAW, State.DRAFT): "报表尚未上报，可以直接修改，不必撤回。",
    (Move.WITHDRAW, State.RETURNED): "报表已被退回，可以直接修改后重新上报，不必撤回。",
    (Move.WITHDRAW, State.ACCEPTED): "报表已审核通过，不能撤回；需要更正请联系上级工会退回更正。",
    (Move.SEND_BACK, State.ACCEPTED): "报表已审核通过；需要更正请用“取消审核并退回更正”。",
    (Move.SEND_BACK, State.RETURNED): "报表已经退回，正等待填报单位修改，不必再次退回。",
    (Move.ACCEPT, State.ACCEPTED): "报表已经审核通过，不必再次审核。",
    (Move.ACCEPT, State.RETURNED): "报表已经退回，请等填报单位修改并重新上报后再审核。",
    (Move.REOPEN, State.SUBMITTED): "报表还没有审核通过；需要修改请用“退回修改”。",
    (Move.REOPEN, State.RETURNED): "报表已经退回，正等待填报单位更正。",
}
