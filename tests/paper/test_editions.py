"""Editions: frozen once, never changed, compared with what came after, on both engines."""

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from portal.access import tenancy
from portal.consolidation.exports import operations
from portal.domain.report.submission import canonical_bytes, fingerprint
from portal.maintenance import verification
from portal.models import ConsolidationEdition
from tests.engines import REFUSED, change_past_the_portal
from tests.paper.desk import EDITIONS, correct, freeze, hidden, shown


@pytest.fixture
def reported(echeng, gedian):
    """鄂城 and 葛店 have submitted."""
    echeng.report("submitted")
    gedian.report("accepted")


def test_freezing_keeps_the_sums_and_whose_submissions_they_are(city, city_app, reported):
    answer = freeze(city)

    assert answer.status_code == 303
    assert answer.location.endswith("/consolidation/editions/1")
    page = city.page(answer.location)
    (total,) = page.one("tr", code="C9").all("td", total=None)
    assert total.get("data-total") == "24"
    assert len(page.all("tr", unit=None)) == 2
    document = json.loads(city_app.scalar("SELECT document FROM consolidation_edition"))
    rows = city_app.rows(
        "SELECT sha256 FROM submission s WHERE EXISTS (SELECT 1 FROM report r "
        "WHERE r.id = s.report_id AND r.submissions = s.number "
        "AND r.campaign_id = 2)"
    )
    assert {one["sha256"] for one in document["units"]["included"]} == {r["sha256"] for r in rows}
    assert [one["code"] for one in document["units"]["missing"]] == ["shizong", "linkong"]
    assert [one["code"] for one in document["units"]["for_checking"]] == ["echeng-jiceng1"]


def test_a_double_click_freezes_once(city, city_app, reported):
    fields = shown(city)

    first, second = (city.post(city.url(EDITIONS), **fields) for _ in range(2))

    assert first.location == second.location
    assert city_app.scalar("SELECT count(*) FROM consolidation_edition") == 1
    assert city_app.scalar("SELECT count(*) FROM trail WHERE action = 'edition-frozen'") == 1


def test_freezing_unchanged_sums_makes_no_second_edition(city, city_app, reported):
    first = freeze(city)

    again = freeze(city)

    assert (again.status_code, again.location) == (303, first.location)
    assert city_app.scalar("SELECT count(*) FROM consolidation_edition") == 1


def test_sums_changed_since_the_page_was_shown_are_not_frozen(city, city_app, reported, gedian):
    fields = shown(city)
    correct(city, gedian, C9="13")

    answer = city.post(city.url(EDITIONS), **fields)

    assert answer.status_code == 409
    assert "没有锁定" in answer.text
    assert city_app.scalar("SELECT count(*) FROM consolidation_edition") == 0


def test_drafts_are_never_frozen(city, city_app, reported):
    page = city.page(city.url("/consolidation?scope=drafts"))
    answer = freeze(city, scope="submitted") and city.post(
        city.url(EDITIONS), scope="drafts", nonce="other", seen="x"
    )

    assert page.all("button", action="freeze") == []
    assert answer.status_code == 422


def test_with_nothing_to_add_there_is_nothing_to_freeze(city):
    page = city.page(city.url("/consolidation"))

    assert page.all("button", action="freeze") == []
    answer = city.post(city.url(EDITIONS), scope="submitted", nonce="click", seen="x")
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "table", ["consolidation_edition", "upward_report", "difference_acknowledgement"]
)
def test_the_database_itself_keeps_what_was_frozen(city, city_app, reported, gedian, table):
    freeze(city)
    city.post(city.url(f"{EDITIONS}/1/upward-report"), remark="")
    correct(city, gedian, C9="13")
    page = city.page(city.url("/consolidation"))
    city.post(city.url(f"{EDITIONS}/1/acknowledgement"), **hidden(page, "acknowledgement"))
    before = city_app.rows(f"SELECT * FROM {table}")

    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET organisation_id = 1"):
        with pytest.raises(REFUSED):
            change_past_the_portal(city_app.folder, statement)

    assert len(before) == 1
    assert city_app.rows(f"SELECT * FROM {table}") == before


def test_verifying_reads_every_edition_again(city, city_app, reported):
    freeze(city)

    with city_app.app.app_context(), tenancy.verifying() as session:
        assert faults_of(session) == ()
        session.expunge_all()
        row = session.scalars(select(ConsolidationEdition)).one()
        said = json.loads(row.document)
        said["total"]["C9"] += 1
        set_committed_value(row, "document", canonical_bytes(said).decode())
        assert faults_of(session) == ("第 1 号汇总版（第 1 版）的内容与校验码不符",)
        set_committed_value(row, "sha256", fingerprint(canonical_bytes(said)))
        assert faults_of(session) == ("第 1 号汇总版（第 1 版）的合计不符",)


def faults_of(session):
    """What `portal verify` says of the editions."""
    return verification._frozen_sums(session).faults


def test_an_edition_stays_while_the_live_sums_change(city, reported, gedian):
    edition = freeze(city).location

    correct(city, gedian, C9="13")

    (frozen,) = city.page(edition).one("tr", code="C9").all("td", total=None)
    (live,) = city.page(city.url("/consolidation")).one("tr", code="C9").all("td", total=None)
    assert (frozen.get("data-total"), live.get("data-total")) == ("24", "25")


def test_a_difference_names_unit_item_old_new_and_effect(city, reported, gedian):
    freeze(city)
    correct(city, gedian, C9="13")

    page = city.page(city.url(f"{EDITIONS}/1/difference"))

    (unit,) = page.all("section", unit=None)
    assert unit.get("data-unit") == "gedian"
    row = unit.one("tr", code="C9")
    assert (row.get("data-old"), row.get("data-new")) == ("12", "13")
    assert "+1" in row.text
    totals = page.all("tr", code="C9")[0]
    assert (totals.get("data-old"), totals.get("data-new")) == ("24", "25")


def test_a_unit_that_was_sent_back_leaves_the_sum(city, reported, gedian):
    freeze(city)

    city.post(city.url("/report/reopening", code="gedian"), number="1", reason="请核对 C9。")

    page = city.page(city.url(f"{EDITIONS}/1/difference"))
    assert "不在汇总范围内" in page.one("section", unit="gedian").text
    totals = page.all("tr", code="C9")[0]
    assert (totals.get("data-old"), totals.get("data-new")) == ("24", "12")


def test_the_bar_is_amber_until_acknowledged_and_again_for_a_new_difference(
    city, city_app, reported, gedian
):
    freeze(city)
    assert ambers(city) == []
    correct(city, gedian, C9="13")
    (first,) = ambers(city)

    said = hidden(city.page(city.url("/consolidation")), "acknowledgement")
    for _ in range(2):
        answer = city.post(city.url(f"{EDITIONS}/1/acknowledgement"), **said)
        assert answer.status_code == 303
    assert ambers(city) == []
    correct(city, gedian, C9="14")

    (second,) = ambers(city)
    assert first != second
    rows = city_app.rows("SELECT * FROM difference_acknowledgement")
    assert [(row["difference"], row["acknowledged_by"]) for row in rows] == [(first, "张慧")]
    stale = city.post(city.url(f"{EDITIONS}/1/acknowledgement"), **said)
    assert stale.status_code == 409


def ambers(city):
    """The fingerprints of the differences that the desk is warned of."""
    pages = [city.page(city.url(p)) for p in ("/consolidation", EDITIONS, f"{EDITIONS}/1")]
    found = [[one.get("data-difference") for one in p.all("div", difference=None)] for p in pages]
    assert found[0] == found[1] == found[2]
    return found[0]


def test_two_editions_are_compared_with_one_another(city, reported, gedian):
    freeze(city)
    correct(city, gedian, C9="13")
    freeze(city)
    correct(city, gedian, C9="14")

    page = city.page(city.url(f"{EDITIONS}/1/difference?to=2"))

    row = page.one("section", unit="gedian").one("tr", code="C9")
    assert (row.get("data-old"), row.get("data-new")) == ("12", "13")
    assert city.get(city.url(f"{EDITIONS}/1/difference?to=1")).status_code == 404
    assert city.get(city.url(f"{EDITIONS}/2/difference?to=1")).status_code == 404


def test_an_edition_is_marked_as_reported_upward_once(city, city_app, reported):
    freeze(city)

    for remark in ("已用公文系统报出", "又报一次"):
        answer = city.post(city.url(f"{EDITIONS}/1/upward-report"), remark=remark)
        assert answer.status_code == 303

    assert [r["remark"] for r in city_app.rows("SELECT * FROM upward_report")] == [
        "已用公文系统报出"
    ]
    assert "已用公文系统报出" in city.page(city.url(f"{EDITIONS}/1")).text
    long = city.post(city.url(f"{EDITIONS}/1/upward-report"), remark="长" * 201)
    assert long.status_code == 422


def test_the_paper_and_the_workbook_say_exactly_the_frozen_figures(city, reported, gedian):
    freeze(city)
    correct(city, gedian, C9="13")

    paper = city.page(city.url(f"{EDITIONS}/1/print"))
    book = city.get(city.url(f"{EDITIONS}/1/workbook"))

    assert "汇总表（第 1 版）·已上报" in paper.text
    assert paper.one("tr", code="C9").all("td")[-1].text == "24"
    assert "未含：鄂州市总工会本级、临空经济区总工会等 2 家" in paper.text
    sheet = load_workbook(BytesIO(book.data), data_only=True).worksheets[0]
    row = next(r for r in sheet.iter_rows() if r[1].value == "C9")
    assert row[4].value == 24


def test_the_district_freezes_its_own_and_the_city_only_looks(city, city_app, reported):
    district = city_app.person("echeng-reviewer")
    fields = hidden(district.page(district.url("/consolidation")), EDITIONS)

    refused = city.post(city.url(EDITIONS, code="echeng"), **fields)
    frozen = district.post(district.url(EDITIONS), **fields)

    assert refused.status_code == 403
    assert frozen.status_code == 303
    assert city.get(city.url(f"{EDITIONS}/1", code="echeng")).status_code == 200


@pytest.mark.parametrize("path", ["", "/1", "/1/print", "/1/workbook", "/1/difference"])
def test_an_edition_is_for_the_desk_alone(city, city_app, reported, echeng, gedian, path):
    freeze(city)
    viewer, auditor = city_app.person("shizong-viewer"), city_app.person("shizong-auditor")

    answers = [
        who.get(city.url(f"{EDITIONS}{path}")).status_code
        for who in (city, viewer, auditor, echeng, gedian)
    ]

    assert answers == [200, 200, 403, 404, 404]


@pytest.mark.parametrize("path", ["", "/1/upward-report", "/1/acknowledgement"])
def test_only_the_reviewer_of_the_node_answers_for_it(city, city_app, reported, gedian, path):
    freeze(city)

    viewer = city_app.person("shizong-viewer").post(city.url(f"{EDITIONS}{path}"))
    neighbour = gedian.post(city.url(f"{EDITIONS}{path}"))

    assert (viewer.status_code, neighbour.status_code) == (403, 404)


def test_every_step_of_an_edition_is_in_the_trail(city, city_app, reported, gedian):
    freeze(city)
    city.post(city.url(f"{EDITIONS}/1/upward-report"), remark="")
    correct(city, gedian, C9="13")
    page = city.page(city.url("/consolidation"))
    city.post(city.url(f"{EDITIONS}/1/acknowledgement"), **hidden(page, "acknowledgement"))

    actions = [row["action"] for row in city_app.rows("SELECT action FROM trail ORDER BY id")]
    assert [one for one in actions if one.startswith(("edition-", "reported-", "difference-"))] == [
        "edition-frozen",
        "reported-upward",
        "difference-acknowledged",
    ]


def test_an_archived_campaign_cannot_be_frozen(city, city_app, reported):
    fields = shown(city)
    city_app.campaign(status="archived")

    answer = city.post(city.url(EDITIONS), **fields)

    assert answer.status_code == 409


def test_before_the_first_edition_the_page_says_what_to_do(city):
    page = city.page(city.url(EDITIONS))

    assert "还没有锁定过" in page.text


def test_a_long_edition_is_exported_with_its_progress(city, gedian, monkeypatch):
    monkeypatch.setattr(operations, "MAX_UNITS_AT_ONCE", 0)
    gedian.report("accepted")
    freeze(city)
    assert city.page(city.url(f"{EDITIONS}/1")).one("button", action="export-xlsx")

    text = city.post(city.url(f"{EDITIONS}/1/exports")).text
    link = text.partition('data-action="download" href="')[2].partition('"')[0]
    file = city.client.get(link)

    assert "已写入 1 家，共 1 家" in text
    assert load_workbook(BytesIO(file.data)).sheetnames == [
        "汇总表",
        "汇总单位",
        "葛店开发区总工会",
    ]
    assert gedian.client.get(link).status_code == 404
