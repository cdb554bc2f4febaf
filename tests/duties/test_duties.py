"""分工: each of several people of a unit sees which items are theirs, and nothing is locked."""

import pytest


@pytest.fixture
def divided(echeng):
    """王芳 looks after section 1, 高建华 after C9."""
    answer = echeng.post(
        echeng.url("/report/duties"), **{"section.1": "echeng", "item.C9": "echeng-head"}
    )
    assert answer.status_code == 303, answer.text
    return echeng


def row(page, code):
    return page.one("tr", code=code)


def test_a_row_names_its_person(divided):
    page = divided.page(divided.url("/report"))

    assert "负责人：王芳" in row(page, "A1").text
    assert "负责人：高建华" in row(page, "C9").text
    assert "负责人" not in row(page, "D9").text


def test_progress_is_shown_by_person(divided, city_app):
    divided.save("A3", "5.00")
    city_app.person("echeng-head").save("C9", "12")

    text = divided.page(divided.url("/report")).by_id("division").text

    assert "高建华 1/1" in text
    assert "王芳 1/" in text


def test_the_filter_shows_ones_own_rows_only(divided, city_app):
    head = city_app.person("echeng-head")

    page = head.page(head.url("/report?mine=1"))

    hidden = [each for each in page.all("tbody") if each.has("hidden")]
    shown = [each for each in page.all("tbody") if not each.has("hidden")]
    assert [tr.get("data-code") for body in shown for tr in body.all("tr")] == ["C9", "D9"]
    assert len(hidden) > 20
    assert "看全部各项" in page.text


def test_a_person_without_items_gets_no_filter(divided, city_app):
    divided.post(divided.url("/report/duties"), **{"section.1": "-"})

    page = divided.page(divided.url("/report"))

    assert page.by_id("only-mine") is None
    assert "负责人" not in row(page, "A1").text


def test_a_duty_does_not_stop_others_from_filling(divided, city_app):
    assert city_app.person("echeng-head").save("A3", "5.00").status_code == 200


def test_a_changed_duty_is_in_the_trail_once(divided, city_app):
    divided.save("B", "3")
    divided.post(divided.url("/report/duties"), **{"item.C9": "echeng", "item.D9": ""})
    divided.post(divided.url("/report/duties"), **{"item.C9": "echeng", "item.D9": ""})

    query = "SELECT note FROM trail WHERE action = 'divided' ORDER BY id"
    notes = [each["note"] for each in city_app.rows(query)]
    assert len(notes) == 2
    assert notes[1] == "王芳：C9"


def test_people_of_another_unit_cannot_be_chosen(echeng, city_app):
    answer = echeng.post(echeng.url("/report/duties"), **{"item.C9": "gedian"})

    assert answer.status_code == 422
    assert city_app.scalar("SELECT count(*) FROM duty") == 0


def test_only_the_unit_divides_its_items(divided, gedian, city, city_app):
    here = divided.url("/report/duties")

    assert gedian.get(here).status_code == 404
    assert gedian.post(here).status_code == 404
    assert city.get(here).status_code == 403
    assert city.post(here).status_code == 403
    assert city_app.person("echeng-reviewer").post(here).status_code == 403


def test_the_page_shows_the_present_division(divided):
    page = divided.page(divided.url("/report/duties"))

    chosen = {
        each.get("name"): next(
            (option.text for option in each.all("option") if option.has("selected")), ""
        )
        for each in page.all("select")
    }
    assert chosen["item.A1"] == "王芳"
    assert chosen["item.C9"] == "高建华"
    assert chosen["item.D9"] == ""
