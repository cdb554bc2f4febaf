"""The board refreshes itself: only when something changed, and without keeping anybody awake."""

from datetime import timedelta

POLL = {"HX-Request": "true", "X-Portal-Poll": "1"}


def polled(page) -> str:
    """The address that an open board asks."""
    return page.by_id("board").get("hx-get")


def test_nothing_is_sent_while_nothing_changed(city):
    page = city.board()

    answer = city.get(polled(page), headers=POLL)

    assert answer.status_code == 204
    assert answer.text == ""


def test_a_change_brings_the_board_anew(echeng, city):
    page = city.board()
    echeng.report("draft")

    answer = city.get(polled(page), headers=POLL)

    assert answer.status_code == 200
    assert answer.text.startswith('<div id="board"')
    assert 'data-organisation="echeng" data-status="draft"' in answer.text


def test_the_fragment_is_the_page_without_its_frame(echeng, city):
    page = city.board("?urgent=1&show=missing")
    echeng.report("draft")

    fragment = city.get(polled(page), headers=POLL).text

    whole = city.get(city.url("/status?show=missing&urgent=1")).text
    assert fragment.strip() in whole


def test_time_alone_changes_the_board_when_units_become_overdue(city, city_app):
    page = city.board()
    city_app.clock_at("2027-01-26 17:31")

    answer = city.get(polled(page), headers=POLL)

    assert "逾期未报" in answer.text


def test_polling_does_not_keep_a_sign_in_alive(city, city_app):
    page = city.board()

    city_app.let_pass(timedelta(minutes=20))
    during = city.get(polled(page), headers=POLL)
    city_app.let_pass(timedelta(minutes=11))
    after = city.get(polled(page), headers=POLL)

    assert (during.status_code, after.status_code) == (204, 401)


def test_focusable_elements_keep_their_ids(city):
    page = city.board()

    links = page.by_id("board").all("a")

    assert [link.text for link in links if not link.has("id")] == []
