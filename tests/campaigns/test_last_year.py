"""Last year from day one: an old workbook becomes last year's figures of all units."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from portal.access import tenancy
from portal.campaigns.last_year import STALE
from portal.maintenance import verification
from portal.models import LastYearFigure
from tests.campaigns.old_tables import (
    ROWS,
    TITLE,
    UNITS,
    address,
    confirm,
    offered,
    table,
    ticked,
    upload,
    workbook,
)
from tests.founding import OPEN
from tests.markup import Page
from tests.reports.reporter import Reporter, open_another

FIRST = "first-year"


@pytest.fixture
def first_year(city_app):
    """A campaign that has no campaign before it."""
    return open_another(city_app, FIRST)


def kept(city_app, campaign=FIRST):
    """What is kept of last year: value by unit and item."""
    query = (
        "SELECT o.code, f.item, f.value FROM last_year_figure f "
        "JOIN organisation o ON o.id = f.organisation_id "
        "JOIN campaign c ON c.id = f.campaign_id WHERE c.code = ?"
    )
    return {(row["code"], row["item"]): row["value"] for row in city_app.rows(query, campaign)}


def trail(city_app, unit):
    """What the trail of a unit says of last year."""
    query = (
        "SELECT t.action, t.item, t.old, t.new, t.note FROM trail t "
        "JOIN organisation o ON o.id = t.organisation_id "
        "WHERE o.code = ? AND t.action IN ('last-year-entered', 'last-year-corrected') "
        "ORDER BY t.number"
    )
    return [tuple(row.values()) for row in city_app.rows(query, unit)]


def test_the_preview_writes_nothing(city_app, city, first_year):
    preview = upload(city, table(), FIRST)

    assert preview.status_code == 200
    assert ticked(preview) == ["shizong", "echeng", "gedian", "linkong"]
    assert kept(city_app) == {}
    page = Page.of(preview.text)
    echeng = page.one("tr", organisation="echeng").text
    for words in ("鄂城区总工会", "C4", "200", "有数 4 项"):
        assert words in echeng
    assert "旧表里没有这 2 家单位：鄂城区基层工会一、市教育系统工会" in page.text


def test_ticked_units_get_figures_and_a_trail_entry(city_app, city, first_year):
    answer = confirm(city, upload(city, table(), FIRST), campaign=FIRST)

    assert answer.status_code == 303
    figures = kept(city_app)
    assert figures["echeng", "D11"] == 20_000_000
    assert figures["gedian", "E1"] is None
    assert figures["shizong", "C11"] == 10
    assert ("last-year-entered", "C11", "", "200", "2026年汇总.xlsx 汇总 C4") in trail(
        city_app, "echeng"
    )
    assert len(trail(city_app, "gedian")) == 3
    assert "4 家，15 项" in trail(city_app, "shizong")[-1][-1]


def test_unticked_units_are_not_written(city_app, city, first_year):
    preview = upload(city, table(), FIRST)

    nothing = confirm(city, preview, [], FIRST)
    some = confirm(city, preview, ["gedian"], FIRST)

    assert (nothing.status_code, some.status_code) == (422, 303)
    assert {unit for unit, _ in kept(city_app)} == {"gedian"}


def test_imported_figures_serve_the_slip_check_and_the_comparison(city_app, city, first_year):
    confirm(city, upload(city, table(), FIRST), campaign=FIRST)
    echeng = Reporter(city_app.person("echeng"), FIRST)

    answer = echeng.save("C11", "401")

    assert "上年 200 人次，比上年增加 100.5%" in Page.of(answer.text).text
    page = echeng.page()
    assert page.one("a", source="entered").text == "录入自旧表"
    assert "上年（录入自旧表）" in echeng.page("/items/C11/panel").text


@pytest.mark.parametrize("unit", ["echeng", "gedian"])
def test_a_unit_that_reported_last_year_in_the_portal_keeps_its_report(city_app, city, unit):
    preview = upload(city, table())

    assert unit not in offered(preview)
    assert "以上报数为准" in Page.of(preview.text).one("tr", organisation=unit).text
    refused = confirm(city, preview, [unit])
    assert refused.status_code == 422
    assert kept(city_app, OPEN) == {}


def test_a_unit_without_a_report_last_year_is_compared_with_the_old_table(city_app, city):
    confirm(city, upload(city, table()), ["linkong"])

    answer = Reporter(city_app.person("linkong")).save("C11", "401")

    assert "上年 40 人次" in answer.text


DOUBTS = [
    ("单位：元", "已除以 10,000 折成万元", "A2"),
    ("2025年春节", "表里写的是 2025 年，上年应是 2026 年", "A2"),
    ("2027年春节", "表里写的是 2027 年", "A2"),
]


@pytest.mark.parametrize(("line", "sentence", "cell"), DOUBTS)
def test_yuan_and_another_year_are_named_and_left_unticked(city, line, sentence, cell):
    rows = (("旧表",), (line,), *ROWS[2:])

    preview = upload(city, table(*rows))

    assert ticked(preview) == []
    assert offered(preview) == ["shizong", "linkong"]
    said = Page.of(preview.text).one("tr", organisation="linkong")
    assert sentence in said.text
    assert f'data-cell="{cell}"' in preview.text


def test_accepted_yuan_are_stored_as_wan(city_app, city):
    rows = (
        TITLE,
        ("单位：元",),
        UNITS,
        ("C11", "甲", 1, 1, 40, 1, 1),
        ("D11", "乙", 1, 1, 40_000, 1),
    )
    rows = (*rows, ("E1", "丙", 1, 1, 5, 1))

    confirm(city, upload(city, table(*rows)), ["linkong"])

    assert kept(city_app, OPEN)["linkong", "D11"] == 4_000_000
    assert kept(city_app, OPEN)["linkong", "C11"] == 40


def test_problems_carry_their_cells_and_unknown_units_are_named(city):
    rows = (
        *ROWS[:2],
        ("代码", "项目", "鄂城区", "葛店开发区总工会", "临空经济区", "梁子湖区总工会"),
        ("C11", "建档", 200, 90, "约四十", 7),
        *ROWS[4:],
    )

    preview = upload(city, table(*rows))

    page = Page.of(preview.text)
    [unknown] = page.all("li", issue="error")
    assert "汇总 F3" in unknown.text
    assert "“梁子湖区总工会”不是本次填报任务的单位" in unknown.text
    assert unknown.get("data-cell") == "F3"
    assert [one.get("data-code") for one in page.root.iter() if one.get("data-cell") == "E4"] == [
        "C11"
    ]


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        ([("说明", [("没有表",)])], "没有指标代码"),
        (
            [("Sheet1", [("代码", "数量"), ("C9", 1), ("C10", 2), ("C11", 3)])],
            "不是本次填报任务的单位",
        ),
        (
            [
                (
                    "表",
                    [
                        ("填报单位：鄂州市总工会",),
                        ("代码", "数量"),
                        ("C9", 1),
                        ("C10", 2),
                        ("C11", 3),
                    ],
                )
            ],
            "分不清是市总本级还是全市合计",
        ),
    ],
)
def test_a_workbook_without_known_units_or_items_is_refused_with_the_reason(city, sheets, sentence):
    preview = upload(city, workbook(*sheets))

    assert offered(preview) == []
    assert sentence in preview.text
    assert "没有认出任何单位的数" in preview.text


@pytest.mark.parametrize("sheets", [200, 0])
def test_the_portals_own_export_is_an_old_table(city_app, city, first_year, monkeypatch, sheets):
    monkeypatch.setattr("portal.workbooks.consolidation.MAX_SHEETS", sheets)
    city_app.person("gedian").report("accepted")
    city_app.person("shizong-reporter").report("submitted")
    export = city.get(f"/o/shizong/campaigns/{OPEN}/consolidation/workbook").data

    preview = upload(city, export, FIRST)
    confirm(city, preview, ["gedian", "shizong"], FIRST)

    assert offered(preview) == ["shizong", "gedian"]
    assert "表里写的是 2027 年" in preview.text
    for unit in ("gedian", "shizong"):
        assert kept(city_app)[unit, "A3"] == 5_000_000
        assert kept(city_app)[unit, "C9"] == 12


def test_a_file_that_is_no_workbook_is_refused_with_its_name(city):
    answer = upload(city, b"no workbook")

    assert answer.status_code == 422
    assert "2026年汇总.xlsx" in answer.text


def test_the_same_table_twice_is_written_once(city_app, city, first_year):
    preview = upload(city, table(), FIRST)
    confirm(city, preview, campaign=FIRST)
    before = trail(city_app, "echeng")

    again = confirm(city, preview, campaign=FIRST)

    assert again.status_code == 303
    assert trail(city_app, "echeng") == before
    assert "这些数已经录入过" in city.page(address(FIRST)).text


def test_a_units_correction_since_the_preview_is_not_overwritten(city_app, city, first_year):
    confirm(city, upload(city, table(), FIRST), campaign=FIRST)
    other = table(*ROWS[:3], ("C11", "甲", 300, 90, 40, 10), *ROWS[4:])
    preview = upload(city, other, FIRST)
    corrected(Reporter(city_app.person("echeng"), FIRST), "C11", "210")

    answer = confirm(city, preview, ["echeng", "gedian"], FIRST)

    assert answer.status_code == 409
    assert STALE in answer.text
    assert kept(city_app)["echeng", "C11"] == 210


def test_a_second_table_is_unticked_where_it_differs_from_stored_figures(
    city_app, city, first_year
):
    confirm(city, upload(city, table(), FIRST), campaign=FIRST)
    other = table(*ROWS[:3], ("C11", "甲", 300, 90, 40, 10), *ROWS[4:])

    preview = upload(city, other, FIRST)

    assert ticked(preview) == ["shizong", "gedian", "linkong"]
    assert "已经录入过上年数，1 项与旧表不同（最后由张慧写入）" in preview.text


def corrected(reporter, code, text, reason="旧表抄错一位"):
    """Correct one figure on the unit's own page; answers what came back."""
    page = Page.of(reporter.get("/last-year").text)
    named = {each.get("name"): each.get("value", "") for each in page.elements()}
    was, version = named[f"{code}.was"], named[f"{code}.version"]
    return reporter.post(
        "/last-year",
        **{code: text, f"{code}.was": was, f"{code}.version": version},
        reason=reason,
    )


@pytest.fixture
def echeng(city_app, city, first_year):
    """鄂城's reporter after the city brought the old table in."""
    confirm(city, upload(city, table(), FIRST), campaign=FIRST)
    return Reporter(city_app.person("echeng"), FIRST)


def test_a_unit_corrects_its_own_figures_with_a_reason_and_a_trail(city_app, echeng):
    answer = corrected(echeng, "D11", "２１．５")

    assert answer.status_code == 303
    assert kept(city_app)["echeng", "D11"] == 21_500_000
    assert trail(city_app, "echeng")[-1] == (
        "last-year-corrected",
        "D11",
        "20.00",
        "21.50",
        "旧表抄错一位",
    )
    page = echeng.page("/last-year")
    assert "D11：20.00 → 21.50，旧表抄错一位（王芳" in page.text
    assert "更正上年数（旧表）" in echeng.page("/trail").text


@pytest.mark.parametrize(
    ("text", "reason", "sentence"),
    [
        ("约二十", "改", "“约二十”不是可以识别的数"),
        ("21.5", " ", "请写明更正理由"),
        ("-1", "改", "不小于 0"),
    ],
)
def test_a_refused_correction_stays_on_the_page(city_app, echeng, text, reason, sentence):
    answer = corrected(echeng, "D11", text, reason)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{text}"' in answer.text
    assert kept(city_app)["echeng", "D11"] == 20_000_000


def test_a_blank_is_no_zero_and_a_missing_item_can_be_added(city_app, echeng):
    corrected(echeng, "E2", "7")
    corrected(echeng, "E1", "")

    assert kept(city_app)["echeng", "E2"] == 7
    assert kept(city_app)["echeng", "E1"] is None


def test_the_second_of_two_writers_gets_a_conflict(city_app, echeng):
    fields = {"D11": "22", "D11.was": "20.00", "D11.version": "1", "reason": "改"}
    corrected(echeng, "D11", "21")

    answer = echeng.post("/last-year", **fields)

    assert answer.status_code == 409
    assert "王芳 刚刚改过这一项" in answer.text
    assert kept(city_app)["echeng", "D11"] == 21_000_000


def test_after_submission_last_years_figures_are_fixed(city_app, echeng):
    echeng.fill()
    echeng.fill_rest()
    for key, numbers in echeng.issues().items():
        echeng.post(
            "/explanations", issue=key, numbers=numbers, reason="其他", words="按新通知统计"
        )
    assert echeng.submit().status_code == 303

    fields = {"D11": "22", "D11.was": "20.00", "D11.version": "1", "reason": "改"}
    answer = echeng.post("/last-year", **fields)

    assert answer.status_code == 409
    assert kept(city_app)["echeng", "D11"] == 20_000_000
    assert "现在不能更正" in echeng.page("/last-year").text


def test_only_the_city_imports_and_only_the_unit_corrects(city_app, city, first_year):
    for who, status in (("shizong-viewer", 403), ("echeng-admin", 404), ("echeng", 404)):
        assert city_app.person(who).get(address(FIRST)).status_code == status
        assert upload(city_app.person(who), table(), FIRST).status_code == status
    path = f"/o/echeng/campaigns/{FIRST}/report/last-year"
    assert city.get(path).status_code == 200
    assert city.post(path, D11="1", reason="改").status_code == 403
    assert city_app.person("gedian").get(path).status_code == 404


def test_a_draft_campaign_refuses_the_import(city_app, city):
    city_app.campaign(status="draft")

    assert upload(city, table()).status_code == 409


@pytest.mark.parametrize("packed", ["", "x", "bm90aGluZw"])
def test_a_forged_confirmation_is_refused(city, packed):
    answer = city.post(f"{address()}/confirmation", packed=packed, take="linkong")

    assert answer.status_code == 422


def test_verifying_reads_last_years_figures_against_their_trail(city_app, city, echeng):
    assert corrected(echeng, "D11", "21.5").status_code == 303

    with city_app.app.app_context(), tenancy.verifying() as session:
        assert verification._figures(session).faults == ()
        assert verification._last_year(session).faults == ()
        row = session.scalars(
            select(LastYearFigure).where(LastYearFigure.value.is_not(None))
        ).first()
        set_committed_value(row, "value", row.value + 1)
        (told,) = verification._last_year(session).faults
    assert told.endswith(f"的上年数 {row.item} 与修改记录不符")
