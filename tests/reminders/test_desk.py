"""The desk's list of the missing: exactly those of this second, and what was done about them."""

from datetime import timedelta


def names(page) -> list[str]:
    return [row.get("data-organisation") for row in page.all("tr", organisation=None)]


def words(page) -> str:
    return page.by_id("words").text


def test_the_text_names_exactly_those_who_have_not_submitted(gedian, city):
    gedian.report("submitted")

    page = city.page(city.url("/reminders"))

    assert names(page) == ["shizong", "echeng", "linkong"]
    assert "应报 4 家，尚有 3 家未上报：市总工会本级、鄂城区总工会、临空经济区总工会。" in words(
        page
    ).replace("鄂州市总工会本级", "市总工会本级")


def test_a_unit_is_off_the_text_as_soon_as_it_submits(gedian, city, city_app):
    before = words(city.page(city.url("/reminders")))

    gedian.report("submitted")
    city_app.let_pass(timedelta(seconds=1))

    after = words(city.page(city.url("/reminders")))
    assert "葛店" in before
    assert "葛店" not in after
    assert "10:00:01" in after


def test_the_text_can_give_the_number_without_names(city):
    text = words(city.page(city.url("/reminders?only=number")))

    assert "尚有 4 家未上报。" in text
    assert "葛店" not in text


def test_when_all_have_submitted_nobody_is_chased(city, city_app):
    for person in ("shizong-reporter", "echeng", "gedian", "linkong"):
        city_app.person(person).report("submitted")

    assert "已全部上报，没有要催的单位" in city.page(city.url("/reminders")).text


def test_a_posted_text_is_on_the_board_and_once_in_each_trail(city, city_app):
    for _ in range(2):
        answer = city.post(city.url("/reminders"), unit=["gedian", "echeng"], nonce="click-1")
        assert answer.status_code == 303

    row = city.board().one("tr", organisation="gedian")
    assert "1 次，2027-01-20 10:00:00 群聊（已发到群里）" in row.text
    assert city_app.scalar("SELECT count(*) FROM reminder") == 2
    assert city_app.scalar("SELECT count(*) FROM trail WHERE action = 'reminded'") == 2


def test_a_unit_that_submitted_meanwhile_is_not_recorded(gedian, city, city_app):
    gedian.report("submitted")

    city.post(city.url("/reminders"), unit=["gedian", "nobody"], nonce="click-1")

    assert city_app.scalar("SELECT count(*) FROM reminder") == 0


def test_a_district_chases_its_own_units_only(city_app):
    district = city_app.person("echeng-reviewer")

    page = district.page(district.url("/reminders"))

    assert set(names(page)) <= {"echeng", "echeng-jiceng1"}
    assert district.get(district.url("/reminders", code="gedian")).status_code == 404
    assert district.get(district.url("/reminders", code="shizong")).status_code == 404


def test_only_reviewers_chase(echeng, city_app):
    for person in (echeng, city_app.person("shizong-viewer")):
        for path in ("/reminders", "/report/reminders"):
            assert person.get(person.url(path)).status_code == 403
            assert person.post(person.url(path)).status_code == 403
