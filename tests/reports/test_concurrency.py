"""Many at once: one submission, one figure that is true, and nobody turned away by a lock."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from tests.reports.page import Page
from tests.reports.reporter import Reporter

T = TypeVar("T")


def at_once(steps: Iterable[Callable[[], T]]) -> list[T]:
    """Take every step in a thread of its own, all of them from the same starting line."""
    steps = list(steps)
    line = threading.Barrier(len(steps))

    def take(step: Callable[[], T]) -> T:
        line.wait(timeout=30)
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(take, steps))


def browsers(person: Reporter, number: int) -> list[Reporter]:
    """The same person at several browsers, each with its own session and token."""
    return [person.another_browser() for _ in range(number)]


def test_ten_submits_at_once_are_one_submission_and_one_receipt(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()

    answers = at_once(
        partial(each.submit, f"click-{n}") for n, each in enumerate(browsers(echeng, 10))
    )

    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 9
    assert len(echeng.submissions) == 1
    assert len(echeng.trail("submitted")) == 1
    assert echeng.report.submissions == 1


def test_ten_posts_of_one_click_all_get_its_receipt(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()

    answers = at_once(partial(each.submit, "one-click") for each in browsers(echeng, 10))

    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, echeng.url("/submissions/1"))
    }
    assert len(echeng.submissions) == 1


def test_of_eight_writers_on_one_cell_one_is_taken_and_the_others_see_both_figures(echeng):
    echeng.fill(C9="1")
    typed = [str(100 + n) for n in range(8)]

    answers = at_once(
        partial(each.save, "C9", text, version=1)
        for each, text in zip(browsers(echeng, 8), typed, strict=True)
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    kept = str(echeng.value("C9"))
    for text, answer in zip(typed, answers, strict=True):
        row = Page.of(answer.text)
        assert row.value("C9") == kept
        if answer.status_code == 409:
            assert f"已改为 {kept}，您填的是 {text}" in row.says("state-C9")


def _insist(person: Reporter, text: str) -> None:
    answer = person.save("C9", text, version=0)
    while answer.status_code == 409:
        answer = person.save("C9", text, version=int(Page.of(answer.text).version("C9")))
    assert answer.status_code == 200


def test_writers_who_insist_all_get_their_turn(echeng):
    typed = [str(100 + n) for n in range(8)]

    at_once(
        partial(_insist, each, text) for each, text in zip(browsers(echeng, 8), typed, strict=True)
    )

    changes = echeng.trail("figure-saved")
    assert echeng.version("C9") == len(changes) == 8
    assert {entry.new for entry in changes} == set(typed)
    assert [entry.old for entry in changes[1:]] == [entry.new for entry in changes[:-1]]
    assert changes[-1].new == str(echeng.value("C9"))


def test_sixteen_writers_on_rows_of_their_own_are_all_saved_in_one_chain(city_app, echeng):
    codes = [f"{letter}{number}" for letter in "CD" for number in range(1, 9)]

    answers = at_once(
        partial(each.save, code, "5", version=0)
        for each, code in zip(browsers(echeng, 16), codes, strict=True)
    )

    assert [answer.status_code for answer in answers] == [200] * 16
    assert {echeng.value(code) for code in codes} == {5, 5_000_000}
    links = [(each["previous"], each["hash"]) for each in chain_of(city_app, "echeng")]
    assert [previous for previous, _ in links[1:]] == [mine for _, mine in links[:-1]]
    assert len(echeng.trail("figure-saved")) == 16


def chain_of(city_app, code):
    """The whole trail of a unit as it stands in the file."""
    return city_app.rows(
        "SELECT t.* FROM trail t JOIN organisation o ON o.id = t.organisation_id "
        "WHERE o.code = ? ORDER BY t.number",
        code,
    )


def test_the_first_figures_of_four_people_begin_one_report(echeng):
    answers = at_once(
        partial(each.save, f"C{n}", "5", version=0)
        for n, each in enumerate(browsers(echeng, 4), start=1)
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    assert echeng.state == "draft"


def test_a_save_and_a_submission_at_once_are_never_both_half_done(echeng):
    echeng.fill(C9="1")
    echeng.fill_rest()
    writer, submitter = browsers(echeng, 2)

    saved, submitted = at_once([partial(writer.save, "C9", "2", version=1), submitter.submit])

    assert submitted.status_code == 303
    in_document = '"C9":2' in echeng.submissions[0].document
    assert (saved.status_code, echeng.value("C9"), in_document) in {(200, 2, True), (409, 1, False)}


def test_readers_are_served_while_writers_write(echeng):
    echeng.fill(C9="1")
    readers, writers = browsers(echeng, 4), browsers(echeng, 4)

    answers = at_once(
        [each.get for each in readers]
        + [partial(each.save, f"E{n}", "5", version=0) for n, each in enumerate(writers, start=1)]
    )

    assert [answer.status_code for answer in answers] == [200] * 8
