"""The page of a review: what a reviewer can see before deciding."""


def review(person, report):
    return person.page(f"{report.url}/review")


def test_the_report_is_shown_as_it_was_submitted_and_cannot_be_typed_into(echeng, city):
    report = echeng.report("submitted")

    page = review(city, report)

    assert page.one("div", report_state="submitted")
    assert page.one("tr", code="C9").get("data-value") == "12"
    assert page.one("tr", code="C").get("data-value") == "12"
    typed = {each.root.get("name") for each in page.all("input")}
    assert typed == {"csrf_token", "number", "until", "item"}


def test_last_years_figures_are_shown(echeng, city):
    report = echeng.report("draft")

    row = review(city, report).one("tr", code="C9")

    assert row.text.startswith("C9")
    assert "12 12 持平" in row.text


def test_a_change_against_last_year_is_told_in_words(echeng, city):
    echeng.save("C9", "15")

    row = review(city, echeng.current).one("tr", code="C9")

    assert "15 12 增加 25%" in row.text


def test_issues_and_their_explanations_stand_at_their_items(echeng, city):
    echeng.fill_all(A3="5", C9="12", D9="4")
    asking = echeng.page(f"{echeng.current.url}/submission")
    form = next(each for each in asking.all("form") if each.root.get("class") == "explain")
    hidden = {each.get("name"): each.get("value") for each in form.all("input") if each.has("type")}
    words = {"reason": "物资折价", "words": "今年改发实物，按采购价折算成金额。"}
    echeng.post(f"{echeng.current.url}/explanations", **hidden | words)

    row = review(city, echeng.current).one("tr", code="D9")

    assert "核实：" in row.one("p", issue="query").text
    assert "已说明：物资折价，今年改发实物，按采购价折算成金额。" in row.text


def test_every_submission_is_listed_with_its_fingerprint_and_receipt(echeng, city, city_app):
    report = echeng.report("returned")
    echeng.keep_figures()
    echeng.submit()

    page = review(city, report)

    for number in (1, 2):
        query = "SELECT sha256 FROM submission WHERE report_id = ? AND number = ?"
        assert city_app.scalar(query, report.id, number) in page.text
        assert f"第 {number} 次回执" in page.text


def test_the_reviewer_sees_what_changed_since_the_report_was_sent_back(echeng, city):
    report = echeng.report("returned")
    echeng.save("C9", "15")
    echeng.submit()

    page = review(city, report)

    assert page.one("tr", change="C9").text.split()[-2:] == ["12", "15"]
    assert page.one("tr", change="C").text.split()[-2:] == ["12", "15"]
    assert "退回时 12" in page.one("tr", code="C9").text


def test_an_item_that_was_asked_about_and_left_alone_is_pointed_out(echeng, city):
    report = echeng.report("submitted")
    city.post(f"{report.url}/return", number="1", reason="请核对。", item="B")
    echeng.save("C9", "15")
    echeng.keep_figures("B")
    echeng.submit()

    page = review(city, report)

    assert "答复：维持原数：经核实，原数无误" in page.text
    assert "（这一项的数没有改）" in page.text


def test_a_report_submitted_again_unchanged_says_so(echeng, city):
    report = echeng.report("returned")
    echeng.keep_figures()
    echeng.submit()

    assert "与退回时完全一样" in review(city, report).text


def test_a_submitted_report_can_be_accepted_or_sent_back_and_extended(echeng, city):
    page = review(city, echeng.report("submitted"))

    for action in ("accept", "send-back", "extend"):
        assert page.one("button", action=action)
    assert page.all("button", action="reopen") == []


def test_an_accepted_report_can_only_be_reopened(echeng, city):
    page = review(city, echeng.report("accepted"))

    assert page.one("button", action="reopen")
    assert [page.all("button", action=name) for name in ("accept", "send-back")] == [[], []]


def test_a_report_that_nobody_began_can_only_be_extended(city, echeng):
    page = review(city, echeng.report("not-started"))

    assert "还没有开始填报" in page.text
    assert page.one("button", action="extend")
    assert page.all("button", action="accept") == []


def test_a_released_unit_has_nothing_to_decide(city, city_app):
    page = city.page(city.url("/report/review", code="jiaoyu"))

    assert "该单位本次免报" in page.text
    assert page.all("button", action="extend") == []


def test_a_returned_report_shows_what_was_asked(city, echeng):
    page = review(city, echeng.report("returned"))

    assert "请核对 C9。" in page.text
    assert "等填报单位修改" in page.text


def test_buttons_are_not_printed(echeng, city):
    report = echeng.report("submitted")

    page = city.page(f"{report.url}/review")

    asked = next(each for each in page.all("td") if "ask" in each.root.get("class", "").split())
    for part in (asked, page.by_id("decision"), page.by_id("extension")):
        assert "screen-only" in part.get("class").split()
