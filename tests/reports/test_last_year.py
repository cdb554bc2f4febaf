"""Last year: figures are compared with last campaign's submission, by confirmed counterparts."""

from dataclasses import replace

import pytest

from tests.founding import OPEN
from tests.reports.page import Page
from tests.reports.reporter import open_another


def _report(person, **figures):
    person.fill(**figures)
    person.fill_rest()
    for key, numbers in person.issues().items():
        words = {"reason": "其他", "words": "统计口径按新通知调整"}
        person.post("/explanations", issue=key, numbers=numbers, **words)
    answer = person.submit("-".join(figures.values()))
    assert answer.status_code == 303


def _a_year_later(person, change=lambda document: None):
    code = open_another(person.city, "2028-spring", change, previous=OPEN)
    return replace(person, campaign=code)


def test_a_main_figure_that_doubled_wants_an_explanation(echeng):
    _report(echeng, C11="200")

    answer = _a_year_later(echeng).save("C11", "401")

    row = Page.of(answer.text)
    assert row.state("C11") == "query"
    assert "上年 200 人次，比上年增加 100.5%" in row.says("state-C11")


def test_a_sum_is_compared_too(echeng):
    _report(echeng, E1="100", E2="100")

    answer = _a_year_later(echeng).save("E3", "50")

    assert "比上年减少 75%" in Page.of(answer.text).says("notice-E")


def test_the_last_submission_of_last_year_counts(echeng):
    _report(echeng, C11="10000")
    echeng.post("/withdrawal")
    _report(echeng, C11="200")

    answer = _a_year_later(echeng).save("C11", "201")

    assert Page.of(answer.text).state("C11") == "saved"


def test_what_was_not_submitted_last_year_is_not_compared(echeng):
    echeng.fill(C11="200")

    answer = _a_year_later(echeng).save("C11", "900")

    assert Page.of(answer.text).state("C11") == "saved"


def test_everybody_is_compared_with_their_own_last_year(echeng, gedian):
    _report(gedian, C11="200")
    later = _a_year_later(gedian)

    mine, theirs = (
        replace(person, campaign=later.campaign).save("C11", "900") for person in (echeng, gedian)
    )

    assert (Page.of(mine.text).state("C11"), Page.of(theirs.text).state("C11")) == (
        "saved",
        "query",
    )


@pytest.mark.parametrize(
    ("previous", "state"), [("C11", "query"), ("C1", "saved"), (None, "saved")]
)
def test_only_the_confirmed_counterpart_is_held_against_a_figure(echeng, previous, state):
    _report(echeng, C11="200", C1="900")

    def confirm(document):
        for item in document["items"]:
            if item["code"] == "C11":
                item["previous"] = previous

    answer = _a_year_later(echeng, confirm).save("C11", "900")

    assert Page.of(answer.text).state("C11") == state
