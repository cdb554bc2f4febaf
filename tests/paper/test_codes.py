"""核对码: every print carries it; behind it the system says whether paper and system agree."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import segno
from openpyxl import load_workbook

from portal.domain.paper.code import code_of
from portal.web.paper_code import QUIET_ZONE_MODULES
from tests.founding import CLOSES
from tests.markup import Page
from tests.paper.desk import EDITIONS, correct, freeze


def codes_on(page):
    """The codes on a page, each with the address behind its QR."""
    return [(one.get("data-paper-code"), one.get("href")) for one in page.all(paper_code=None)]


def path_of(address):
    """An address without the name of the server."""
    return re.sub(r"^https?://[^/]+", "", address)


def submission_code(city_app, code, number=1):
    """The code of a unit's submission."""
    return code_of(
        city_app.scalar(
            "SELECT s.sha256 FROM submission s JOIN report r ON r.id = s.report_id "
            "JOIN organisation o ON o.id = r.organisation_id WHERE o.code = ? "
            "AND s.number = ? ORDER BY s.submitted_at DESC",
            code,
            number,
        )
    )


def test_report_receipt_and_edition_carry_a_code_that_leads_to_their_check(
    city, city_app, echeng, gedian
):
    echeng.report("submitted")
    gedian.report("accepted")
    freeze(city)

    for who, path in (
        (echeng, echeng.url("/report/print")),
        (echeng, echeng.url("/report/submissions/1")),
        (city, city.url(f"{EDITIONS}/1/print")),
    ):
        page = who.page(path)
        ((code, address),) = codes_on(page)
        assert code in page.text
        assert address == f"http://127.0.0.1:8000/o/{who.home}/paper/{code}"
        checked = who.client.get(path_of(address), follow_redirects=True)
        assert checked.status_code == 200
        assert "一致" in checked.text
        assert "不一致" not in checked.text


def test_the_qr_holds_the_link(echeng):
    echeng.report("submitted")

    page = echeng.page(echeng.url("/report/print"))

    ((_, address),) = codes_on(page)
    (svg,) = (each for each in page.elements() if each.tag.endswith("svg"))
    (path,) = (each for each in svg.iter() if each.tag.endswith("path"))
    expected = segno.make(address, error="m", micro=False).matrix
    assert modules(path.get("d"), len(expected)) == [list(row) for row in expected]


def modules(drawn, size):
    """The dark modules that a path of horizontal strokes draws, as a matrix of 0 and 1."""
    matrix = [[0] * size for _ in range(size)]
    x = y = 0.0
    for move, numbers in re.findall(r"([Mmh])([^Mmh]*)", drawn):
        given = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if move == "M":
            x, y = given
        elif move == "m":
            x, y = x + given[0], y + given[1]
        else:
            for step in range(int(given[0])):
                matrix[int(y) - QUIET_ZONE_MODULES][int(x) + step - QUIET_ZONE_MODULES] = 1
            x += given[0]
    return matrix


CODE = re.compile(r"(?<![0-9A-Za-z-])[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}(?![0-9A-Za-z-])")


def texts_of(answer):
    """Everything that can be read on a page or in a workbook."""
    if answer.mimetype == "text/html":
        return Page.of(answer.text).text
    sheets = load_workbook(BytesIO(answer.data))
    return " ".join(str(cell.value) for sheet in sheets for row in sheet for cell in row)


def test_every_code_on_a_print_is_found_by_typing_it(city, city_app, echeng, gedian):
    city_app.person("linkong").report("draft")
    echeng.report("submitted")
    gedian.report("accepted")
    freeze(city)
    here, edition = "/consolidation", f"{EDITIONS}/1"
    linkong = city_app.person("linkong")
    linkong.post(linkong.url("/report/drafts"))
    city_app.clock_at(CLOSES.replace(day=29))
    correct(city, gedian, until="2027-02-05 17:30", C9="13")
    prints = [
        (echeng, "/report/print", 1),
        (echeng, "/report/workbook", 1),
        (echeng, "/report/submissions/1", 1),
        (gedian, "/report/submissions/2/correction", 1),
        (linkong, "/report/print", 1),
        (linkong, "/report/drafts/1", 1),
        (city, f"{edition}/print", 1),
        (city, f"{edition}/workbook", 1),
        (city, f"{here}/print", 0),
        (city, f"{here}/print?scope=accepted", 0),
        (city, f"{here}/overview", 0),
        (city, f"{here}/items/C9", 0),
        (city, f"{here}/workbook", 0),
        (city, f"{here}/overview/workbook", 0),
    ]

    for who, path, number in prints:
        codes = set(CODE.findall(texts_of(who.get(who.url(path)))))
        assert len(codes) == number, (path, codes)
        for code in codes:
            assert who.post(f"/o/{who.home}/paper", code=code).status_code == 303, path


def test_a_print_of_live_sums_has_its_check_in_the_qr_alone(city, echeng):
    echeng.report("submitted")

    for path in ("/consolidation/print", "/consolidation/overview"):
        page = city.page(city.url(path))
        ((_, address),) = codes_on(page)
        assert "扫码核对" in page.text
        assert "一致" in city.client.get(path_of(address)).text


def test_a_draft_that_nobody_printed_has_no_code(echeng):
    echeng.report("draft")

    assert "核对码" not in echeng.page(echeng.url("/report/print")).text


def test_after_a_change_the_check_lists_exactly_that_item(city, city_app, echeng):
    echeng.report("accepted")
    code = submission_code(city_app, "echeng")
    correct(city, echeng, C9="13")

    page = echeng.page(echeng.url("/report/submissions/1/comparison"))

    assert echeng.get(f"/o/echeng/paper/{code}").location == echeng.url(
        "/report/submissions/1/comparison"
    )
    assert page.one(agrees=None).get("data-agrees") == "false"
    changed = {one.get("data-code"): one.get("data-new") for one in page.all("tr", code=None)}
    assert changed == {"C9": "13", "C": "13"}
    newer = echeng.page(echeng.url("/report/submissions/2/comparison"))
    assert newer.one(agrees=None).get("data-agrees") == "true"


def test_a_print_of_what_was_sent_back_says_that_figures_may_move(city, echeng):
    echeng.report("returned")

    page = echeng.page(echeng.url("/report/submissions/1/comparison"))

    assert "还没有重新上报" in page.text
    draft = echeng.page(echeng.url("/report/print"))
    assert codes_on(draft) == []
    assert "送审稿" in draft.text


def test_a_code_opens_only_within_the_persons_subtree(city, city_app, echeng, gedian):
    echeng.report("submitted")
    path = f"/o/{{}}/paper/{submission_code(city_app, 'echeng')}"
    district = city_app.person("echeng-reviewer")

    assert city.get(path.format("shizong")).status_code == 303
    assert city.get(path.format("echeng")).status_code == 303
    assert district.get(path.format("echeng")).status_code == 303
    assert gedian.get(path.format("gedian")).status_code == 404
    assert gedian.get(path.format("echeng")).status_code == 404
    assert city_app.stranger().get(path.format("echeng")).status_code == 303  # to sign in


@pytest.mark.parametrize("written", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_code_is_typed_by_hand(city, city_app, echeng, written):
    echeng.report("submitted")
    code = written(submission_code(city_app, "echeng"))

    found = city.post("/o/shizong/paper", code=code)

    assert found.status_code == 303
    assert found.location == "/o/echeng/campaigns/2027-spring/report/submissions/1/comparison"


def test_the_neighbours_code_is_unknown_and_wrong_ones_are_throttled(city_app, echeng, gedian):
    echeng.report("submitted")
    code = submission_code(city_app, "echeng")

    first = gedian.post("/o/gedian/paper", code=code)
    rest = [gedian.post("/o/gedian/paper", code="00000-00000").status_code for _ in range(20)]

    assert (first.status_code, code in first.text) == (422, True)
    assert rest == [422] * 19 + [429]
    assert echeng.post("/o/echeng/paper", code=code).status_code == 303
    assert gedian.post("/o/gedian/paper", code="no code").status_code == 429


def test_what_changes_after_the_close_gets_a_correction_sheet(city, city_app, gedian):
    gedian.report("accepted")
    freeze(city)
    city_app.clock_at(CLOSES.replace(day=29))
    correct(city, gedian, reason="漏报一户。", until="2027-02-05 17:30", C9="13")

    page = city.page(city.url("/report/submissions/2/correction", code="gedian"))

    row = page.one("tr", code="C9")
    assert (row.get("data-old"), row.get("data-new")) == ("12", "13")
    assert "漏报一户。" in row.text
    for words in ("更正单", "张慧", "刘洋", submission_code(city_app, "gedian", 2)):
        assert words in page.text
    sheet = city.page(city.url(f"{EDITIONS}/1/difference"))
    assert sheet.one("a", action="correction").get("href").endswith("/2/correction?since=1")
    assert gedian.page(gedian.url("/report/submissions/2")).all("a", action="correction")


def test_before_the_close_nothing_is_a_correction(city, gedian, echeng):
    gedian.report("accepted")
    correct(city, gedian, C9="13")
    path = "/report/submissions/{}/correction"

    assert gedian.get(gedian.url(path.format(2))).status_code == 409
    assert gedian.get(gedian.url(path.format(1))).status_code == 409
    assert gedian.get(gedian.url(path.format(3))).status_code == 404
    assert echeng.get(gedian.url(path.format(2))).status_code == 404


def test_a_print_of_the_live_sums_is_checked_against_now(city, city_app, gedian):
    gedian.report("accepted")
    ((code, address),) = codes_on(city.page(city.url("/consolidation/print?scope=submitted")))
    check = path_of(address)
    city_app.let_pass(timedelta(minutes=1))

    assert city.page(check).one(agrees=None).get("data-agrees") == "true"
    correct(city, gedian, C9="13")

    page = city.page(check)
    assert page.one(agrees=None).get("data-agrees") == "false"
    assert code in page.text
    totals = page.all("tr", code="C9")[0]
    assert (totals.get("data-old"), totals.get("data-new")) == ("12", "13")
    wrong = city.page(check.replace(f"code={code}", "code=00000-00000"))
    assert wrong.all(agrees=None) == []
    assert gedian.get(check).status_code == 404


def test_a_print_with_drafts_has_no_code(city, gedian):
    gedian.report("draft")

    page = city.page(city.url("/consolidation/print?scope=drafts"))

    assert codes_on(page) == []


def test_the_home_page_leads_to_the_check(echeng):
    home = echeng.page("/o/echeng/")

    assert home.one("a", action="paper").get("href") == "/o/echeng/paper"
    assert "核对码" in echeng.page("/o/echeng/paper").text


def test_a_draft_print_carries_a_code_that_tells_what_was_changed_since(echeng, city):
    assert echeng.save("C9", "12").status_code == 200
    assert echeng.post(echeng.url("/report/drafts")).status_code == 303

    ((code, address),) = codes_on(echeng.page(echeng.url("/report/drafts/1")))
    same = echeng.client.get(path_of(address), follow_redirects=True).text
    assert echeng.save("C9", "15").status_code == 200
    other = echeng.page(echeng.url("/report/drafts/1")).by_id("draft-difference")
    typed = city.client.get(f"/o/{city.home}/paper/{code}", follow_redirects=True)

    assert "一致" in same
    assert [one.get("data-change") for one in other.all(change=None)] == ["C", "C9"]
    assert typed.status_code == 200
    assert typed.request.path.endswith("/o/echeng/campaigns/2027-spring/report/drafts/1")


def test_a_neighbour_learns_nothing_from_the_code_of_a_draft(echeng, gedian):
    assert echeng.save("C9", "12").status_code == 200
    echeng.post(echeng.url("/report/drafts"))
    ((code, _),) = codes_on(echeng.page(echeng.url("/report/drafts/1")))

    assert gedian.get(f"/o/{gedian.home}/paper/{code}").status_code == 404


def test_the_sheet_for_the_leaders_carries_the_code_of_its_sums(city, echeng):
    echeng.report("submitted")

    ((code, address),) = codes_on(city.page(city.url("/consolidation/overview")))
    checked = city.page(path_of(address))

    assert code in checked.text
    assert "一致：" in checked.text
    assert not codes_on(city.page(city.url("/consolidation/overview?scope=drafts")))
