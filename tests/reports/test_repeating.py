"""A save that comes again: applied once, and answered as it was the first time."""

from tests.reports.page import Page


def _row(answer):
    page = Page.of(answer.text)
    return answer.status_code, page.state("C9"), page.value("C9"), page.version("C9")


def test_a_repeated_save_is_answered_alike_and_written_once(echeng):
    first = echeng.save("C9", "12", version=0, nonce="click-1")

    again = echeng.save("C9", "12", version=0, nonce="click-1")

    assert _row(again) == _row(first) == (200, "saved", "12", "1")
    assert len(echeng.trail("figure-saved")) == 1


def test_a_repeated_save_is_answered_as_then_although_somebody_wrote_since(echeng, head):
    echeng.save("C9", "12", version=0, nonce="click-1")
    head.fill(C9="13")

    again = echeng.save("C9", "12", version=0, nonce="click-1")

    assert _row(again) == (200, "saved", "12", "1")
    assert echeng.value("C9") == 13
    assert len(echeng.trail("figure-saved")) == 2


def test_what_is_typed_after_a_repeated_save_meets_the_other_writer(echeng, head):
    echeng.save("C9", "12", version=0, nonce="click-1")
    head.fill(C9="13")
    shown = Page.of(echeng.save("C9", "12", version=0, nonce="click-1").text)

    answer = echeng.save("C9", "14", version=int(shown.version("C9")), nonce="click-2")

    assert answer.status_code == 409
    assert "高建华" in answer.text
    assert echeng.value("C9") == 13


def test_a_nonce_stands_for_its_own_figure_only(echeng, head):
    echeng.save("C9", "12", version=0, nonce="click-1")
    head.fill(C9="13")

    answers = [
        echeng.save("C9", "14", version=0, nonce="click-1"),
        echeng.save("C9", "12", version=0, nonce="click-9"),
        echeng.save("C8", "12", version=5, nonce="click-1"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert echeng.value("C9") == 13


def test_the_nonce_of_a_neighbour_is_nobodys_here(echeng, gedian):
    gedian.save("C9", "12", version=0, nonce="click-1")
    echeng.fill(C9="13")

    assert echeng.save("C9", "12", version=0, nonce="click-1").status_code == 409
