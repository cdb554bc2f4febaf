"""The life of a report: every move, every refusal, and random walks through the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.report_state import EDITABLE, MOVES, Move, NotAllowedNow, State, after

ALLOWED = {
    (Move.SUBMIT, State.DRAFT): State.SUBMITTED,
    (Move.SUBMIT, State.RETURNED): State.SUBMITTED,
    (Move.WITHDRAW, State.SUBMITTED): State.DRAFT,
    (Move.SEND_BACK, State.SUBMITTED): State.RETURNED,
    (Move.ACCEPT, State.SUBMITTED): State.ACCEPTED,
    (Move.REOPEN, State.ACCEPTED): State.RETURNED,
}
REFUSED = [(move, state) for move in Move for state in State if (move, state) not in ALLOWED]


@pytest.mark.parametrize(("move", "state"), ALLOWED)
def test_allowed_move_ends_in_the_state_of_the_table(move, state):
    end = after(move, state, came_from=State.DRAFT)

    assert end == ALLOWED[move, state]


@pytest.mark.parametrize(("move", "state"), REFUSED)
def test_any_other_move_is_refused_with_a_chinese_sentence(move, state):
    with pytest.raises(NotAllowedNow) as refused:
        after(move, state, came_from=State.DRAFT)

    assert refused.value.sentence.endswith("。")
    assert str(refused.value) == refused.value.sentence
    assert not any(letter.isascii() and letter.isalpha() for letter in refused.value.sentence)


def test_default_refusal_names_state_and_move():
    with pytest.raises(NotAllowedNow) as refused:
        after(Move.ACCEPT, State.DRAFT)

    assert refused.value.sentence == (
        "报表现在是填报中，不能审核通过；只有已上报的报表才能审核通过。"
    )


def test_second_submit_is_refused_as_already_submitted():
    with pytest.raises(NotAllowedNow, match="已经上报，不必再次上报；需要修改请先撤回"):
        after(Move.SUBMIT, State.SUBMITTED)


@pytest.mark.parametrize("came_from", [State.DRAFT, State.RETURNED])
def test_a_withdrawn_report_goes_back_to_the_state_it_came_from(came_from):
    end = after(Move.WITHDRAW, State.SUBMITTED, came_from)

    assert end is came_from


@pytest.mark.parametrize("came_from", [None, State.NOT_STARTED, State.SUBMITTED, State.ACCEPTED])
def test_withdrawal_without_its_origin_raises(came_from):
    with pytest.raises(ValueError, match="come from"):
        after(Move.WITHDRAW, State.SUBMITTED, came_from)


@given(st.lists(st.sampled_from(Move)))
def test_a_walk_of_any_moves_only_visits_stored_states(moves):
    state, came_from = State.DRAFT, None

    for move in moves:
        try:
            reached = after(move, state, came_from)
        except NotAllowedNow:
            assert state not in MOVES[move][0]
            continue
        came_from = state if move is Move.SUBMIT else came_from
        state = reached

        assert state is not State.NOT_STARTED


def test_every_stored_state_is_reached_from_a_draft():
    reached = {State.DRAFT}

    for _ in Move:
        reached |= {end for (_, start), end in ALLOWED.items() if start in reached}

    assert reached == set(State) - {State.NOT_STARTED}


def test_every_state_has_a_move():
    starts = {start for froms, _ in MOVES.values() for start in froms}

    assert starts == set(State) - {State.NOT_STARTED}


def test_only_unsubmitted_reports_can_be_written():
    assert {State.NOT_STARTED, State.DRAFT, State.RETURNED} == EDITABLE


def test_the_states_are_called_as_the_union_calls_them():
    assert [state.label for state in State] == ["未填报", "填报中", "已上报", "已退回", "已审核"]
    assert [state.long_label for state in State] == [
        "未填报",
        "填报中",
        "已上报（待审核）",
        "已退回（待修改）",
        "已审核",
    ]


def test_the_moves_are_called_as_their_buttons():
    assert [move.label for move in Move] == [
        "上报",
        "撤回",
        "退回修改",
        "审核通过",
        "取消审核并退回更正",
    ]
