"""No sum leaves the portal without the line that names those who are missing from it."""

import io
import zipfile
from html import unescape
from typing import Any

import pytest

from tests.whole.routes import routes

SUMS = ('class="paper"', "data-total", "data-paragraph", "<svg")
"""What a page has on it that shows a sum, or words made from one."""

MISSING = ("鄂州市总工会", "鄂城区总工会", "临空经济区总工会")


@pytest.fixture
def answers(city) -> dict[str, Any]:
    """Everything below the city's consolidation that it can open, one of three districts in it."""
    city.city.person("gedian").report("submitted")
    found = {}
    for route in routes(city.city.app):
        if "GET" in route.methods and "/consolidation" in route.url.rule:
            found[route.endpoint] = city.client.get(route.path("shizong"))
    return {name: answer for name, answer in found.items() if answer.status_code == 200}


def text_of(answer: Any) -> str:
    """What an answer says: a page, or every part of a workbook."""
    if not answer.data.startswith(b"PK"):
        return unescape(answer.text)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())


def hands_on_a_sum(answer: Any) -> bool:
    """Whether an answer is a file to be handed on, or a page with a sum on it."""
    attached = "attachment" in answer.headers.get("Content-Disposition", "")
    return attached or any(mark in answer.text for mark in SUMS)


def test_prints_exports_and_words_name_those_who_are_missing(answers):
    walked = {name: text_of(answer) for name, answer in answers.items() if hands_on_a_sum(answer)}
    silent = {
        name: [unit for unit in ("未含：", *MISSING) if unit not in text]
        for name, text in walked.items()
    }

    assert {
        "consolidation.table",
        "consolidation.item",
        "consolidation.overview",
        "consolidation.overview_workbook",
        "consolidation.charts",
        "consolidation.print_table",
        "consolidation.workbook",
    } <= set(walked)
    assert {name: units for name, units in silent.items() if units} == {}


def test_the_line_stays_on_paper(answers):
    for name in ("consolidation.overview", "consolidation.print_table", "consolidation.table"):
        (line, *_) = [
            one.partition("未含：")[0]
            for one in answers[name].text.splitlines()
            if "未含：" in one and "<textarea" not in one
        ]

        assert "screen-only" not in line
