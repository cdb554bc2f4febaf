"""The paragraph for the leaders: usual order, true figures, nothing that is not in the table."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal
from portal.domain.comparison import change
from portal.domain.figures import canonical
from portal.domain.form import Form, parse_form
from portal.domain.formulas import with_totals
from portal.domain.narrative import Account, Past, paragraph

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


def test_it_is_told_in_the_usual_order():
    assert told() == (
        "据统计，截至1月26日，全市各级工会共筹集送温暖款物100.00万元，走访企业56家，"
        "慰问职工42人次、发放款物9.50万元，其中建档困难职工12人次、发放款物0.50万元；"
        "为困难职工提供各项帮扶救助7人次；为职工提供各项服务8人次；帮助农民工平安返乡9人次；"
        "协助追讨欠薪3人次、追回金额1.2345万元。"
        "另慰问疫情防控一线职工5人次、发放款物0.25万元；慰问新就业形态劳动者6人次、发放款物0.35万元。"
    )


def test_what_is_blank_is_left_out_and_a_zero_is_told():
    text = told(figures={"A1": WAN, "B": 0, "D1": WAN})

    assert text == (
        "据统计，截至1月26日，全市各级工会共筹集送温暖款物1.00万元，走访企业0家，"
        "慰问职工发放款物1.00万元。"
    )
    assert "另" not in text


def test_nothing_summed_is_said_as_it_is():
    assert told(figures={}) == "截至1月26日，全市各级工会还没有可以汇总的数。"


def test_those_who_are_missing_are_named():
    text = told(missing="未含：华容区总工会、葛店开发区总工会等 2 家")

    assert text.endswith("以上为阶段性汇总，未含：华容区总工会、葛店开发区总工会等 2 家。")


def test_a_change_is_told_only_against_a_confirmed_counterpart():
    past = Past({"A": 80 * WAN, "B": 56, "C": 50, "G": None, "H": 0}, "比2022年")

    text = told(past=past)

    assert "款物100.00万元（比2022年增长25.0%）" in text
    assert "走访企业56家（持平）" in text
    assert "慰问职工42人次（下降16.0%）、发放款物9.50万元，" in text
    assert "返乡9人次；" in text
    assert "追讨欠薪3人次、" in text
    assert "服务8人次；" in text


def test_against_the_year_before_each_change_is_introduced_alike():
    text = told(past=Past({"A": 80 * WAN, "B": 50}, "同比", "同比"))

    assert "款物100.00万元（同比增长25.0%），走访企业56家（同比增长12.0%）" in text


def without_in_sum(*codes: str) -> Form:
    """The form whose sums do not hold these items."""
    items = [
        {**item, "formula": [c for c in item["formula"] if c not in codes]}
        if "formula" in item
        else item
        for item in DOCUMENT["items"]
    ]
    return parse_form({**DOCUMENT, "items": items, "checks": []})


def test_registered_workers_are_among_the_others_only_where_the_sum_holds_them():
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
    text = paragraph(FORM, Account("全市各级工会", DAY, now, Past(past, "同比")))

    table = {canonical(now[item.code], item.unit) for item in FORM.items}
    percents = {
        (change(now[code], past[code]).percent_text or "").strip("+-%").replace(",", "")
        for code in past
    }
    numbers = re.findall(r"[0-9][0-9.,]*", text.replace("1月26日", ""))
    assert {number.replace(",", "") for number in numbers} <= table | percents
