"""The whole way of one more item: drafted, published, collected, printed, exported, added up."""

from io import BytesIO

from openpyxl import load_workbook

from portal.access import tenancy
from portal.collection.opening import Listed, Plan, create_campaign, open_campaign
from portal.domain.campaign.calendar import Dates
from portal.models.campaign import campaign_by_code
from portal.models.form import edition_of
from portal.storage.db import writing
from tests.forms.conftest import FORM
from tests.founding import BY, CLOSES, DUE, EXPECTED, LAST, OPENS
from tests.reports.reporter import Reporter

CAMPAIGN = "2028-spring"


def draft_with_k(editor):
    """Copy 2022.1, give it K in a section of its own, and add it to the sum of E."""
    editor.copy("2022.1", "2028.1")
    editor.does("2028.1", "/sections", section_title="法律援助")
    editor.does("2028.1", "/sections/8", up="1")
    fields = {"code": "K", "label": "提供法律援助", "unit": "人次", "section": "7"}
    editor.does("2028.1", "/items", **fields, note="含代理和咨询")
    editor.change_item("2028.1", "E", formula="E1+E2+E3+E4+E5+K")
    editor.does("2028.1", "/head", **head(editor), guide="法律援助由市总法律援助中心提供数据。")


def head(editor):
    """The fields of the head's page as they stand in it."""
    form = editor.form("2028.1")
    lines = {"title": form.title, "annex": form.annex, "unit_line": form.unit_line}
    return lines | {"signatures": "\n".join(form.signatures)}


def opened(city_app):
    """Open a campaign with the new edition, compared with that of 2022."""
    with city_app.app.app_context(), tenancy.opening() as door, writing(door) as session:
        plan = Plan(
            code=CAMPAIGN,
            name="2028年春节送温暖",
            edition=edition_of(session, FORM, "2028.1"),
            dates=Dates(OPENS, DUE, CLOSES),
            previous=campaign_by_code(session, LAST),
        )
        units = [Listed(unit) for unit in EXPECTED]
        campaign = create_campaign(session, plan, units, by=BY, at=city_app.now)
        open_campaign(session, campaign, by=BY, at=city_app.now)
        session.commit()


def places(content):
    """The cells of a workbook's first sheet: each row that names an item, by its code."""
    rows = load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return {row[1]: row for row in rows if row[1]}


def test_an_added_item_k_reaches_every_page_beside_the_old_edition(editor, city_app, echeng):
    draft_with_k(editor)

    for below in ("/preview", "/print"):
        row = editor.page("2028.1", below).one("tr", code="K")
        assert "提供法律援助（人次）" in row.text
    preview = places(editor.get("2028.1", "/workbook").data)
    assert preview["K"][2] == "提供法律援助（人次）"
    assert preview["E"][4].startswith("=IF(COUNT(")
    editor.does("2028.1", "/publication")
    opened(city_app)

    ours = Reporter(echeng, CAMPAIGN)
    ours.fill(K="77", E1="3")
    page = ours.page()
    assert (page.value("K"), page.value("E")) == ("77", "80")
    assert "含代理和咨询" in page.says("item-K")
    assert "法律援助由市总法律援助中心提供数据。" in page.text
    ours.fill_rest()
    assert ours.page("/print").one("tr", code="K").text.endswith("77")
    assert places(ours.get("/workbook").data)["K"][4] == 77
    assert ours.submit().status_code == 303
    table = city_app.person("shizong").page(f"/o/shizong/campaigns/{CAMPAIGN}/consolidation")
    assert table.one("tr", code="K").one("td", total=None).get("data-total") == "77"
    assert table.one("tr", code="E").one("td", total=None).get("data-total") == "80"

    other = Reporter(echeng)
    other.fill(E1="5")
    assert other.page().by_id("item-K") is None
    assert other.page().value("E") == "5"
    assert "2028年春节送温暖" in editor.page().one("tr", edition=f"{FORM}@2028.1").text
