"""The panel of an item: what it means, where it comes from, what happened to it."""

from dataclasses import replace

import pytest

from tests.reports.page import Page
from tests.reports.reporter import Reporter, open_another


@pytest.fixture
def viewer(city_app):
    """市总's viewer, who may read a report and not its trail."""
    return Reporter(city_app.person("shizong-viewer"))


def _panel(person, item, **options):
    return person.page(f"/items/{item}/panel", **options)


def test_the_panel_is_a_page_of_its_own_without_scripts(echeng):
    page = _panel(echeng, "A2")

    said = page.says("item-panel")
    assert "A2 上级工会经费补助" in said
    assert "上级工会补助本单位的送温暖经费" in said
    assert "鄂州工发[2027]1号" in said
    assert "2027.1 版" in said
    assert "本行按附件还原" in said


def test_htmx_gets_the_fragment_alone(echeng):
    answer = echeng.character.get(echeng.url("/items/C9/panel"), headers={"HX-Request": "true"})

    assert not answer.text.lstrip().startswith("<!doctype")
    assert Page.of(answer.text).at("item-panel").get("data-code") == "C9"


def test_every_item_has_a_panel_that_the_page_leads_to(echeng):
    links = [
        link.get("href")
        for link in echeng.page().all("a")
        if link.root.get("class") == "row__about"
    ]

    assert len(links) == 51
    assert {echeng.character.get(link).status_code for link in links} == {200}


def test_a_sum_tells_its_formula_and_a_part_its_whole(echeng):
    whole, part = _panel(echeng, "A"), _panel(echeng, "B1")

    assert "A=A1+A2+A3+A4+A5+A6" in whole.text
    assert "B 走访企业 的其中项" in part.text
    assert "强制：其中项不大于其所属项" in part.text


def test_the_history_runs_from_old_to_new_the_newest_first(echeng):
    echeng.fill(C9="12")
    echeng.fill(C9="18")

    said = _panel(echeng, "C9").says("item-panel")

    assert said.index("12 → 18") < said.index("空白 → 12")
    assert "看这一项的全部记录" in said


def test_only_the_last_twenty_changes_are_listed(echeng):
    for figure in range(1, 23):
        echeng.fill(C9=str(figure))

    said = _panel(echeng, "C9").says("item-panel")

    assert "21 → 22" in said
    assert said.count("→") == 20


def test_the_panel_has_no_history_for_who_may_not_read_the_trail(echeng, viewer):
    echeng.fill(C9="12")

    said = _panel(viewer, "C9", code="echeng").says("item-panel")

    assert "修改记录" not in said
    assert "→" not in said


def test_the_figures_of_earlier_campaigns_go_back_counterpart_by_counterpart(echeng):
    echeng.fill(C9="18", D9="1.50")
    echeng.fill_rest()
    for key, numbers in echeng.issues().items():
        words = {"reason": "其他", "words": "统计口径按新通知调整"}
        echeng.post("/explanations", issue=key, numbers=numbers, **words)
    assert echeng.submit().status_code == 303
    later = replace(echeng, campaign=open_another(echeng.city, "2028", previous=echeng.campaign))

    said = _panel(later, "D9").says("item-panel")

    assert said.index("1.50 万元") < said.index("1.00 万元")


def test_an_item_without_a_counterpart_has_no_past(echeng):
    def withdraw(document):
        for item in document["items"]:
            item.pop("previous", None)

    code = open_another(echeng.city, "2028", withdraw, previous=echeng.campaign)

    assert "上年无可比项" in _panel(replace(echeng, campaign=code), "C9").text


def test_issues_of_the_item_are_listed(echeng):
    echeng.fill(B="1", B1="2")

    page = _panel(echeng, "B1")

    assert ("error", "B1") in page.problems()


@pytest.mark.parametrize("item", ["Z9", "c9", "%00"])
def test_an_unknown_item_has_no_panel(echeng, item):
    assert echeng.get(f"/items/{item}/panel").status_code == 404
    assert echeng.get(f"/items/{item}/words?text=1").status_code == 404


@pytest.mark.parametrize(
    ("item", "text", "said"),
    [
        ("D1", "12.6", "壹拾贰万陆仟元整，即 126,000.00 元"),
        ("D1", "１２．６", "壹拾贰万陆仟元整，即 126,000.00 元"),
        ("D1", "0", "零元整，即 0.00 元"),
        ("D1", "", ""),
        ("D1", "abc", ""),
        ("D1", "1.234", ""),
        ("D1", "9" * 300, ""),
        ("C1", "12", ""),
    ],
)
def test_an_amount_is_said_in_words_and_in_yuan(echeng, item, text, said):
    page = echeng.page(f"/items/{item}/words?text={text}")

    assert page.says(f"words-{item}") == said


def test_asking_for_words_writes_nothing(echeng):
    echeng.page("/items/D1/words?text=5")

    assert echeng.report is None
