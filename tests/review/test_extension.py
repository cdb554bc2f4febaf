"""延期报送: more time for one unit, alone or with a report that goes back after the close."""

import pytest

from portal.domain.campaign.calendar import in_words
from portal.review import operations
from tests.founding import NOW, at, person, report_session

AFTER_CLOSE = "2027-01-29 09:00"


def extend(reviewer, code: str, **fields: str):
    return reviewer.post(reviewer.url("/report/extension", code=code), **fields)


def test_a_unit_gets_more_time(gedian, city, city_app):
    answer = extend(city, "gedian", until="2027-01-30 12:00", reason="经办人住院。")

    assert answer.status_code == 303
    city_app.clock_at(AFTER_CLOSE)
    assert gedian.save("C9", "1").status_code == 200
    assert "已准予延期至 2027年1月30日（星期六）12:00（张慧：经办人住院。）" in (
        city.page(f"{gedian.current.url}/review").text
    )


def test_an_extension_is_one_units_alone(echeng, city, city_app):
    extend(city, "gedian", until="2027-01-30 12:00", reason="经办人住院。")

    city_app.clock_at(AFTER_CLOSE)

    assert echeng.save("C9", "1").status_code == 409


def test_an_extension_can_be_given_before_anything_is_filled_and_stands_in_the_trail(
    city, city_app
):
    extend(city, "gedian", until="2027-01-30", reason="经办人住院。")

    note = city_app.scalar("SELECT note FROM trail WHERE action = 'extended'")

    assert note == "延期至 2027年1月30日（星期六）17:30：经办人住院。"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until": "", "reason": "经办人住院。"}, "请写明延期到什么时候"),
        ({"until": "2027-01-30", "reason": ""}, "请写明理由"),
        ({"until": "下周", "reason": "经办人住院。"}, "不是可以识别的时间"),
        ({"until": "2027-01-01", "reason": "经办人住院。"}, "要晚于现在"),
    ],
)
def test_an_extension_needs_an_end_and_a_reason_and_keeps_what_was_typed(city, fields, sentence):
    answer = extend(city, "gedian", **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'name="until" value="{fields["until"]}"' in answer.text
    assert f">{fields['reason']}</textarea>" in answer.text


def test_the_same_extension_twice_is_one(city, city_app):
    for _ in range(2):
        answer = extend(city, "gedian", until="2027-01-30", reason="经办人住院。")
        assert answer.status_code == 303

    assert city_app.scalar("SELECT count(*) FROM extension") == 1
    assert city_app.scalar("SELECT count(*) FROM trail WHERE action = 'extended'") == 1


def test_two_different_extensions_at_one_moment_are_a_conflict(city, city_app):
    extend(city, "gedian", until="2027-01-30", reason="经办人住院。")

    answer = extend(city, "gedian", until="2027-01-31", reason="系统故障。")

    assert answer.status_code == 409
    assert city_app.scalar("SELECT count(*) FROM extension") == 1


def test_the_newest_extension_counts(gedian, city, city_app):
    extend(city, "gedian", until="2027-03-30", reason="写错了年月。")
    city_app.clock_at("2027-01-20 10:05")
    extend(city, "gedian", until="2027-01-30", reason="更正上一次的延期。")

    city_app.clock_at("2027-02-01 09:00")

    assert gedian.save("C9", "1").status_code == 409


def test_a_released_unit_needs_no_extension(city):
    answer = extend(city, "jiaoyu", until="2027-01-30", reason="经办人住院。")

    assert answer.status_code == 409
    assert "免报" in answer.text


def test_a_unit_does_not_extend_its_own_time(city_app):
    answer = extend(
        city_app.person("echeng-reviewer"), "echeng", until="2027-01-30", reason="来不及。"
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(("state", "how"), [("submitted", "return"), ("accepted", "reopening")])
def test_after_the_close_a_report_goes_back_only_with_more_time(echeng, city, city_app, state, how):
    report = echeng.report(state)
    city_app.clock_at(AFTER_CLOSE)
    fields = {"number": "1", "reason": "请核对。"}

    without = city.post(f"{report.url}/{how}", **fields)
    with_time = city.post(f"{report.url}/{how}", **fields, until="2027-01-31")

    assert without.status_code == 422
    assert "现已停止填报，请同时写明延期到什么时候" in without.text
    assert with_time.status_code == 303
    assert report.state == "returned"
    assert report.trail()[-2:] == ["extended", {"return": "sent-back"}.get(how, "reopened")]
    assert echeng.save("C9", "13").status_code == 200


def test_before_the_close_more_time_is_a_choice(echeng, city, city_app):
    report = echeng.report("submitted")

    city.post(f"{report.url}/return", number="1", reason="请核对。", until="2027-01-31")

    assert report.state == "returned"
    city_app.clock_at(AFTER_CLOSE)
    assert echeng.save("C9", "13").status_code == 200


def test_an_extension_for_correction_keeps_the_late_flag(gedian, city, city_app):
    city_app.clock_at("2027-01-27 09:00")
    report = gedian.report("submitted")
    city_app.clock_at("2027-01-27 11:00")

    city.post(f"{report.url}/return", number="1", reason="请核对。", until="2027-01-31")

    assert city.board().one("tr", organisation="gedian").get("data-late") == "true"


@pytest.mark.parametrize(
    ("until", "refused"),
    [
        (None, None),
        ("2027-01-20 10:00", f"延期的时间要晚于现在（{in_words(NOW)}）。"),
        ("2027-01-26 17:30", "延期的时间要晚于报送截止时间（2027年1月26日（星期二）17:30）。"),
        ("2027-01-26 17:31", None),
    ],
)
def test_each_refused_end_of_an_extension_has_its_sentence(app, until, refused):
    moment = at(until) if until else None

    with app.app_context(), report_session("gedian") as (_, filling):
        assert operations.refuse_until(filling.assignment, moment, NOW) == refused


def test_the_operation_refuses_an_end_in_the_past(app):
    with app.app_context(), report_session("gedian") as (session, filling):
        by, past = person("shizong"), at("2027-01-19 10:00")

        with pytest.raises(ValueError, match="要晚于现在"):
            operations.extend(session, filling.assignment, until=past, reason="试", by=by, at=NOW)
