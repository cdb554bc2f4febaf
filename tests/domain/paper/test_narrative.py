"""The paragraph for the leaders: its order, and figures that all stand in the table."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal
from portal.domain.figures import Kind, Unit, canonical
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import with_totals
from portal.domain.paper.narrative import LEFT_OUT, Account, Past, amount, paragraph
from portal.domain.report.comparison import change, times_more

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2027.1.json"
DOCUMENT: dict[str, Any] = json.loads(EDITION.read_text(encoding="utf-8"))
FORM = parse_form(DOCUMENT)
WAN = 1_000_000
DAY = date(2027, 1, 26)

FIGURES = {
    "A1": 100 * WAN,
    "B": 56,
    "C1": 30,
    "C11": 12,
    "D1": 9 * WAN,
    "D11": WAN // 2,
    "E1": 7,
    "F1": 8,
    "G": 9,
    "H": 3,
    "I": 1_234_500,
    "J1": 5,
    "J2": 250_000,
    "J3": 6,
    "J4": 350_000,
}


def told(form: Form = FORM, **more: Any) -> str:
    """The paragraph of the figures above, or of others."""
    figures = with_totals(form, more.pop("figures", FIGURES))
    return paragraph(form, Account("全市各级工会", DAY, figures, **more))


def test_paragraph_keeps_the_usual_order():
    assert told() == (
        "据统计，截至1月26日，全市各级工会共筹集送温暖款物100.00万元，走访企业56家，"
        "慰问职工42人次、发放款物9.50万元，其中建档困难职工12人次、发放款物0.50万元；"
        "为困难职工提供各项帮扶救助7人次；为职工提供各项服务8人次；帮助农民工平安返乡9人次；"
        "协助追讨欠薪3人次、追讨欠薪金额1.2345万元。"
        "另慰问疫情防控一线职工5人次、发放款物0.25万元；慰问新就业形态劳动者6人次、发放款物0.35万元。"
    )


def test_blank_is_left_out_and_zero_is_written():
    text = told(figures={"A1": WAN, "B": 0, "D1": WAN})

    assert text == (
        "据统计，截至1月26日，全市各级工会共筹集送温暖款物1.00万元，走访企业0家，"
        "慰问职工发放款物1.00万元。"
    )
    assert "另" not in text


def test_empty_sum_has_its_own_sentence():
    assert told(figures={}) == "截至1月26日，全市各级工会还没有可以汇总的数。"


def test_those_who_are_missing_are_named():
    text = told(missing="未含：华容区总工会、葛店开发区总工会等 2 家")

    assert text.endswith("以上为阶段性汇总，未含：华容区总工会、葛店开发区总工会等 2 家。")


def test_a_change_is_told_only_against_a_confirmed_counterpart():
    past = Past({"A": 80 * WAN, "B": 56, "C": 150, "G": None, "H": 0}, "2022年春节送温暖")

    text = told(figures={**FIGURES, "C1": 114}, past=past)

    assert "款物100.00万元（较2022年春节送温暖增长25.0%）" in text
    assert "走访企业56家（持平）" in text
    assert "慰问职工126人次（下降16.0%）、发放款物9.50万元，" in text
    assert "返乡9人次（上年无数）；" in text
    assert "追讨欠薪3人次（上年为0）、" in text
    assert "服务8人次；" in text


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (1999, 1000, "增长99.9%"),
        (19994, 10000, "增长99.9%"),
        (19995, 10000, "增长1.0倍"),
        (2000, 1000, "增长1.0倍"),
        (2500, 1000, "增长1.5倍"),
        (2549, 1000, "增长1.5倍"),
        (2550, 1000, "增长1.6倍"),
        (8_541_000, 100_000, "增长84.4倍"),
        (0, 1000, "下降100.0%"),
        (1, 1000, "下降99.9%"),
        (1000, 1000, "持平"),
        (100001, 100000, "基本持平"),
        (99999, 100000, "基本持平"),
    ],
)
def test_doubling_is_written_in_times_and_a_fall_in_percent(now, before, words):
    text = told(figures={"B": now}, past=Past({"B": before}, "上次"))

    assert text == f"据统计，截至1月26日，全市各级工会走访企业{now}家（较上次{words}）。"


@pytest.mark.parametrize(
    ("last", "compared", "words"),
    [
        (0, 500, "（上年为0）"),
        (None, 500, "（上年无数）"),
        (19, 500, ""),
        (20, 500, "（较上次增长24.0倍）"),
        (400, 399, ""),
        (400, 400, "（较上次持平）"),
    ],
)
def test_no_change_is_told_where_it_would_mislead(last, compared, words):
    past = Past({"B": last}, "上次", compared={"B": compared})

    text = told(figures={"B": 500}, past=past)

    assert f"走访企业500家{words}。" in text
    assert (LEFT_OUT in text) == (words == "")


def test_the_units_that_are_compared_are_told_at_the_end():
    remark = "按两年均已报送的 9 家比较，另有 2 家上年无数"

    text = told(figures={"B": 60}, past=Past({"B": 50}, "上次", {"B": 55}, remark))

    assert text.endswith("家（较上次增长10.0%）。与上次按两年均已报送的9家比较，另有2家上年无数。")


COUNT, MONEY = Unit("人次", Kind.COUNT, 0), Unit("万元", Kind.MONEY, 2)


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [
        (9_999, COUNT, "9999人次"),
        (10_000, COUNT, "1万人次"),
        (41_600, COUNT, "4.16万人次"),
        (41_549, COUNT, "4.15万人次"),
        (41_550, COUNT, "4.16万人次"),
        (50_049, COUNT, "5万人次"),
        (41_000, COUNT, "4.1万人次"),
        (99_999_950, COUNT, "10000万人次"),
        (41_600_000, MONEY, "41.60万元"),
    ],
)
def test_large_counts_are_written_in_wan_where_that_is_chosen(figure, unit, text):
    assert amount(figure, unit, in_wan=True) == text
    assert amount(figure, unit, in_wan=False) == f"{canonical(figure, unit)}{unit.name}"


def test_the_choice_of_wan_reaches_every_count():
    figures = {**FIGURES, "C1": 41_588, "E1": 12_345, "J1": 99_999}

    text = told(figures=figures, in_wan=True)

    for words in ("慰问职工4.16万人次", "救助1.23万人次", "一线职工10万人次", "服务8人次"):
        assert words in text


def without_in_sum(*codes: str) -> Form:
    """The form whose sums do not hold these items."""
    items = [
        {**item, "formula": [c for c in item["formula"] if c not in codes]}
        if "formula" in item
        else item
        for item in DOCUMENT["items"]
    ]
    return parse_form({**DOCUMENT, "items": items, "checks": []})


def test_registered_workers_are_a_part_only_if_the_sum_includes_them():
    text = told(without_in_sum("C11", "D11"))

    assert "慰问职工30人次、发放款物9.00万元，另慰问建档困难职工12人次" in text
    assert "其中" not in text


@pytest.mark.parametrize("gone", ["B", "G", "J3", "J4"])
def test_a_form_without_an_item_has_a_paragraph_without_it(gone):
    items = [{**item, "within": None} for item in DOCUMENT["items"] if item["code"] != gone]

    text = told(parse_form({**DOCUMENT, "items": items, "checks": []}))

    assert text.startswith("据统计")
    assert {"B": "走访", "G": "返乡", "J3": "劳动者6", "J4": "0.35"}[gone] not in text


def test_an_edition_can_name_another_item():
    form = parse_form({**DOCUMENT, "indicators": {"visited": "B1", "returned-home": "nowhere"}})

    text = told(form, figures={**FIGURES, "B1": 17})

    assert "走访企业17家" in text
    assert "返乡" not in text


figure = st.one_of(st.none(), st.integers(0, 10**8))


@given(
    figures=st.fixed_dictionaries({leaf.code: figure for leaf in FORM.leaves}),
    past=st.dictionaries(st.sampled_from([item.code for item in FORM.items]), figure),
)
def test_every_number_stands_in_the_table(figures, past):
    now = with_totals(FORM, figures)
    text = paragraph(FORM, Account("全市各级工会", DAY, now, Past(past, "上次")))

    table = {canonical(now[item.code], item.unit) for item in FORM.items} | {"0"}
    changes = {(change(now[code], past[code]).percent_text or "").strip("+-%") for code in past}
    changes |= {
        times_more(now[code] or 0, past[code] or 0) for code in past if now[code] is not None
    }
    numbers = re.findall(r"[0-9][0-9.,]*", text.replace("1月26日", ""))
    assert {*numbers} <= table | {(one or "").rstrip("倍") for one in changes}
