"""Sole handling: which acts of one person need an assurance, and which assurance is accepted."""

from itertools import chain, combinations

import pytest

from portal.domain.campaign.calendar import read_instant
from portal.domain.report.sole_handling import CALLED, STAMPED, Act, Assurance, alone, named

OPENED, NOW = read_instant("2027-01-10 08:30"), read_instant("2027-01-20 10:00")
EVERY_SET = [set(some) for some in chain(*(combinations(Act, n) for n in range(4)))]


@pytest.mark.parametrize(
    ("act", "done", "words"),
    [
        (Act.SUBMIT, {Act.ENTER}, "代录、代为上报"),
        (Act.ACCEPT, {Act.ENTER}, "代录、审核通过"),
        (Act.ACCEPT, {Act.SUBMIT}, "代为上报、审核通过"),
        (Act.ACCEPT, {Act.ENTER, Act.SUBMIT}, "代录、代为上报、审核通过"),
        (Act.SUBMIT, {Act.SUBMIT}, ""),
        (Act.ACCEPT, set(), ""),
    ],
)
def test_two_of_the_three_acts_by_one_person_are_named(act, done, words):
    assert named(alone(act, done)) == words


@pytest.mark.parametrize("done", EVERY_SET)
@pytest.mark.parametrize("act", Act)
def test_one_kind_of_act_alone_needs_no_assurance(act, done):
    assert bool(alone(act, done)) == bool(done - {act})


def _problem(*typed):
    problem = Assurance(*typed).problem(NOW, OPENED)
    return problem.sentence if problem else ""


@pytest.mark.parametrize(
    "typed",
    [
        (STAMPED,),
        (CALLED, "王主席", "2027-01-20 09:50"),
        (CALLED, "王主席", "2027年1月20日10:00"),
        (CALLED, "王主席", "2027-01-10 08:30"),
        (CALLED, "王主席", "2027-01-20"),
    ],
)
def test_a_call_with_name_and_time_or_the_stamped_paper_is_enough(typed):
    assert _problem(*typed) == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ((), "请选择单位怎样确认"),
        (("已口头确认",), "请选择单位怎样确认"),
        ((CALLED, "", "2027-01-20 09:50"), "由谁在电话里确认"),
        ((CALLED, "王" * 26, "2027-01-20 09:50"), "不超过 25 字"),
        ((CALLED, "王主席", ""), "电话确认的时间"),
        ((CALLED, "王主席", "刚才"), "不是可以识别的时间"),
        ((CALLED, "王主席", "2027-02-30 10:00"), "没有“2027-02-30 10:00”这个时间"),
        ((CALLED, "王主席", "2027-01-20 10:01"), "以前"),
        ((CALLED, "王主席", "2026-01-20 09:50"), "本次填报开始以后"),
    ],
)
def test_assurance_without_name_or_possible_time_is_refused(typed, words):
    assert words in _problem(*typed)


def test_only_a_call_has_a_time():
    assert Assurance(CALLED, "王主席", "2027-01-20 09:50").called_at == read_instant(
        "2027-01-20 09:50"
    )
    assert Assurance(STAMPED, "王主席", "刚才").called_at is None
