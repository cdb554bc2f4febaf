"""Two processes on one PostgreSQL are one portal: signed in once, counted once, decided once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Barrier
from typing import TypeVar

import pytest

from tests.demonstration import PASSWORD
from tests.processes.browser import Answer, Browser
from tests.processes.conftest import Province

pytestmark = pytest.mark.postgresql
T = TypeVar("T")

JIAOYU = "/o/jiaoyu/campaigns/2027-spring/report"
LINKONG = "/o/linkong/campaigns/2027-spring/report"
ANSWERS = {
    f"{field}.{item}": text
    for item in ("D11", "G")
    for field, text in (("answer", "kept"), ("words", "经核实，原数无误"))
}
"""What 临空 answers to the two items that were sent back."""
"""Returned, with nothing left to mend."""

ECHENG = "/o/echeng/campaigns/2027-spring/report"


def at_once(steps: Sequence[Callable[[], T]]) -> list[T]:
    """Take every step in a thread of its own, all of them from the same starting line."""
    line = Barrier(len(steps))

    def take(step: Callable[[], T]) -> T:
        line.wait(timeout=30)
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(take, steps))


def spread(browser: Browser, province: Province, number: int) -> list[Browser]:
    """One signed-in browser, so many times, by turns at each of the processes."""
    doors = cycle(province.doors)
    return [browser.at(next(doors)) for _ in range(number)]


def test_a_sign_in_at_one_process_holds_at_the_other(province):
    person = province.person("echeng")

    pages = [each.get(ECHENG) for each in spread(person, province, 2)]

    assert [page.status for page in pages] == [200, 200]


def test_a_sign_out_at_one_process_holds_at_the_other(province):
    person = province.person("echeng")
    here, there = spread(person, province, 2)
    before = dict(person.cookies)

    here.post("/logout", {})

    stale = Browser(there.door, before)
    assert stale.get(ECHENG).status == 303


def test_ten_submits_at_once_over_two_processes_are_one_submission(province):
    person = province.person("linkong")

    answers = at_once(
        [
            lambda each=each, n=n: each.post(
                f"{LINKONG}/submission", {"nonce": f"click-{n}"} | ANSWERS
            )
            for n, each in enumerate(spread(person, province, 10))
        ]
    )

    assert sorted(answer.status for answer in answers) == [303] + [409] * 9
    assert province.rows(
        "SELECT number FROM submission s JOIN organisation o ON o.id = s.organisation_id "
        "WHERE o.code = 'linkong' AND submitted_at > '2027-01-20' ORDER BY number"
    ) == [(2,)]


def test_ten_posts_of_one_click_over_two_processes_all_get_its_receipt(province):
    person = province.person("linkong")

    answers = at_once(
        [
            lambda each=each: each.post(f"{LINKONG}/submission", {"nonce": "one-click"} | ANSWERS)
            for each in spread(person, province, 10)
        ]
    )

    assert {(each.status, each.headers["Location"]) for each in answers} == {
        (303, f"{LINKONG}/submissions/2")
    }


def test_ten_decisions_at_once_over_two_processes_are_one_decision(province):
    desk = province.person("shizong")
    review = province.report("gedian")
    decisions = [
        (f"{review}/acceptance", {"number": "1"}),
        (f"{review}/return", {"number": "1", "reason": "请核对 C9。"}),
    ]

    answers = at_once(
        [
            lambda each=each, path=path, fields=fields: each.post(path, fields)
            for each, (path, fields) in zip(spread(desk, province, 10), decisions * 5, strict=True)
        ]
    )

    assert sorted(answer.status for answer in answers) == [303] + [409] * 9
    decided = province.rows(
        "SELECT count(*) FROM trail t JOIN organisation o ON o.id = t.organisation_id "
        "WHERE o.code = 'gedian' AND t.action IN ('accepted', 'sent-back') AND t.at > '2027-01-20'"
    )
    assert decided == [(1,)]


def test_of_ten_writers_of_one_version_one_is_taken_and_the_others_see_both_figures(province):
    person = province.person("jiaoyu")
    saved = person.save(JIAOYU, "C9", "1", 0)
    assert saved.status == 200

    answers = at_once(
        [
            lambda each=each, n=n: each.save(JIAOYU, "C9", str(100 + n), saved.version("C9"))
            for n, each in enumerate(spread(person, province, 10))
        ]
    )

    assert sorted(answer.status for answer in answers) == [200] + [409] * 9
    kept = next(n for n, answer in enumerate(answers) if answer.status == 200) + 100
    for n, answer in enumerate(answers):
        if answer.status == 409:
            assert f"已改为 {kept}，您填的是 {100 + n}" in answer.text


def test_the_first_figures_of_ten_writers_begin_one_report(province):
    person = province.person("jiaoyu")

    answers = at_once(
        [
            lambda each=each, n=n: each.save(JIAOYU, f"C{n + 1}", "5", 0)
            for n, each in enumerate(spread(person, province, 8))
        ]
    )

    assert [answer.status for answer in answers] == [200] * 8


def test_failed_sign_ins_are_counted_over_both_processes(province):
    doors = cycle(province.doors)

    def fail() -> Answer:
        return Browser(next(doors)).sign_in("weijian", "wrong")

    tried = [fail().status for _ in range(6)]
    right = [Browser(door).sign_in("weijian", PASSWORD) for door in province.doors]

    assert tried == [401] * 5 + [429]
    assert [answer.status for answer in right] == [429, 429]


def test_the_trail_of_an_organisation_stays_one_chain(province):
    person = province.person("jiaoyu")
    codes = [f"{letter}{number}" for letter in "CD" for number in range(1, 9)]

    answers = at_once(
        [
            lambda each=each, code=code: each.save(JIAOYU, code, "5", 0)
            for each, code in zip(spread(person, province, 16), codes, strict=True)
        ]
    )

    assert [answer.status for answer in answers] == [200] * 16
    chain = province.rows(
        "SELECT number, previous, hash FROM trail JOIN organisation o ON o.id = organisation_id "
        "WHERE o.code = 'jiaoyu' ORDER BY number"
    )
    assert [number for number, _, _ in chain] == list(range(1, len(chain) + 1))
    assert [previous for _, previous, _ in chain[1:]] == [mark for _, _, mark in chain[:-1]]
