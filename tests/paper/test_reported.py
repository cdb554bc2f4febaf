"""A locked edition is what is reported: one city, told on every paper, on both engines."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.access import tenancy
from portal.domain.consolidation.allocation import QUESTION
from portal.domain.consolidation.kept_edition import read_document
from portal.domain.consolidation.placement import Scope
from portal.domain.consolidation.sources import live_fingerprint
from portal.domain.form.form import parse_form
from portal.domain.paper.code import code_of
from portal.domain.report.submission import canonical_bytes, fingerprint
from portal.maintenance import verification
from portal.models import ConsolidationEdition
from portal.models.organisation import organisation_by_code
from portal.storage.db import writing
from tests.campaigns.forms import plan, post_form
from tests.founding import FIGURES, OPEN, edition
from tests.paper.desk import EDITIONS, freeze, hidden, shown
from tests.paper.test_codes import codes_on, path_of

LIST = plan(OPEN, "/units")
ASKED = "/report/submission"


@pytest.fixture
def linkong(city_app):
    """The reporter of 临空, who receives what the city passes down."""
    return city_app.person("linkong")


@pytest.fixture
def giver(city_app):
    """The reporter of 市总本级."""
    return city_app.person("shizong-reporter")


def register(city_app, city, **amounts):
    """Let the city register what it passed down to units, some time later."""
    city_app.let_pass(timedelta(minutes=5))
    typed = {f"{code}__allocated": text for code, text in amounts.items()}
    assert post_form(city, LIST, **typed).status_code == 303
    city_app.let_pass(timedelta(minutes=5))


def say(giver, answer):
    """Answer whether the 筹集数 includes what was passed down."""
    return giver.post(giver.url("/report/passed-down"), answer=answer)


@pytest.fixture
def reported(city_app, city, giver, linkong, gedian):
    """临空 has received 12.00 of 12.00, 葛店 nothing of 50.00; 市总本级 raised 70.00 with both."""
    gedian.report("accepted")
    register(city_app, city, linkong="12")
    linkong.fill_all(**FIGURES | {"A2": "12.00"})
    assert linkong.submit().status_code == 303
    giver.fill_all(**FIGURES | {"A3": "70.00"})
    assert say(giver, "yes").status_code == 303
    assert giver.submit().status_code == 303
    register(city_app, city, gedian="50")
    return city


def last_cell(page, code):
    """The figure of an item on a paper."""
    return page.one("tr", code=code).all("td")[-1].text


def three_rows(page):
    """简单合计, 减：市内下拨 and 剔重后合计 of a table on screen."""
    simple = page.one("tr", code="A").all("td", total=None)[0].text
    rows = [page.one("tr", deduction=name).all("td") for name in ("passed-down", "net")]
    return (simple, *(cells[1].text for cells in rows))


def rows_of_workbook(answer):
    """The three amounts at the foot of a workbook's summary."""
    sheet = load_workbook(BytesIO(answer.data), data_only=True).worksheets[0]
    found = {str(row[0].value): row[4].value for row in sheet.iter_rows()}
    names = ("简单合计", "减：市内下拨", "剔重后合计")
    return [next(v for k, v in found.items() if f"　{name}（" in k) for name in names]


def test_print_lock_and_print_again_say_the_same(reported):
    """Live print A, then lock: the edition said A without anything taken off."""
    live = reported.page(reported.url("/consolidation/print"))
    table = reported.page(reported.url("/consolidation"))
    leaders = reported.page(reported.url("/consolidation/overview"))
    book = reported.get(reported.url("/consolidation/workbook"))
    locked = freeze(reported).location
    paper, screen = reported.page(f"{locked}/print"), reported.page(locked)

    assert last_cell(live, "A") == last_cell(paper, "A") == "80.00"
    assert last_cell(live, "A2") == last_cell(paper, "A2") == "0.00"
    assert three_rows(table) == three_rows(screen) == ("92.00", "12.00", "80.00")
    assert all("A2 同减，为 0.00" in page.text for page in (table, screen))
    assert "共筹集送温暖款物80.00万元" in leaders.one("textarea", paragraph=None).text
    for file in (book, reported.get(f"{locked}/workbook")):
        assert rows_of_workbook(file) == pytest.approx([92, 12, 80])
    words = "葛店开发区总工会已登记 50.00 万元，A2 填 0.00，是否尚未到账。"
    for page in (live, table, leaders, paper, screen):
        assert words in page.text
        assert "剔重后合计 80.00 万元。" in page.text
    units = {
        row.get("data-passed-down"): row.all("td") for row in screen.all("tr", passed_down=None)
    }
    assert [cell.text for cell in units["linkong"]] == ["12.00", "12.00", "12.00"]
    assert [cell.text for cell in units["gedian"]] == ["50.00", "0.00", "0.00"]
    assert "一致" in reported.page(f"{locked}/difference").text


def test_a_registered_amount_moves_code_seen_and_difference(city_app, reported):
    ((code, address),) = codes_on(reported.page(reported.url("/consolidation/print")))
    freeze(reported)
    fields = shown(reported)
    register(city_app, reported, linkong="10")

    ((other, _),) = codes_on(reported.page(reported.url("/consolidation/print")))
    stale = reported.post(reported.url(EDITIONS), **fields)
    sheet = reported.page(reported.url(f"{EDITIONS}/1/difference"))
    check = reported.page(path_of(address))

    assert other != code
    assert stale.status_code == 409
    for page in (sheet, check):
        (row,) = page.all("tr", allocated=None)
        assert row.get("data-allocated") == "linkong"
        assert [cell.text for cell in row.all("td")] == [
            *("12.00", "12.00", "12.00"),
            *("10.00", "12.00", "10.00"),
        ]
        total = page.one("tr", code="A")
        assert (total.get("data-old"), total.get("data-new")) == ("80.00", "82.00")
    assert code in check.text
    assert check.one(agrees=None).get("data-agrees") == "false"
    said = hidden(reported.page(reported.url("/consolidation")), "acknowledgement")
    assert reported.post(reported.url(f"{EDITIONS}/1/acknowledgement"), **said).status_code == 303
    freeze(reported)
    between = reported.page(reported.url(f"{EDITIONS}/1/difference?to=2"))
    assert [row.get("data-allocated") for row in between.all("tr", allocated=None)] == ["linkong"]


def test_an_amount_taken_back_makes_the_print_agree_again(city_app, reported):
    ((_, address),) = codes_on(reported.page(reported.url("/consolidation/print")))

    register(city_app, reported, gedian="60", linkong="11")
    register(city_app, reported, gedian="")
    moved = reported.page(path_of(address)).one(agrees=None).get("data-agrees")
    register(city_app, reported, gedian="50", linkong="12")

    assert moved == "false"
    assert reported.page(path_of(address)).one(agrees=None).get("data-agrees") == "true"


def test_the_answer_moves_code_and_difference(city_app, reported, giver):
    ((_, address),) = codes_on(reported.page(reported.url("/consolidation/print")))
    freeze(reported)
    city_app.let_pass(timedelta(minutes=5))
    giver.post(giver.url("/report/withdrawal"))
    say(giver, "no")
    city_app.let_pass(timedelta(minutes=5))
    assert giver.submit().status_code == 303

    for path in (reported.url(f"{EDITIONS}/1/difference"), path_of(address)):
        page = reported.page(path)
        total = page.one("tr", code="A")
        assert (total.get("data-old"), total.get("data-new")) == ("80.00", "92.00")
        assert f"市本级报表答“{QUESTION}”：否，不扣减" in page.text
    assert last_cell(reported.page(reported.url("/consolidation/print")), "A") == "92.00"
    paper = giver.page(giver.url("/report/submissions/1/comparison"))
    assert paper.one(agrees=None).get("data-agrees") == "false"
    assert f"{QUESTION}：纸上答是，系统现在答否。" in paper.text


def test_a_code_from_before_is_recognised_and_checked_by_its_own_rule(city_app, reported):
    """Until then every registered amount was taken off, and codes did not name them."""
    page = reported.page(reported.url("/consolidation/print"))
    ((code, address),) = codes_on(page)
    freeze(reported)
    document = json.loads(city_app.scalar("SELECT document FROM consolidation_edition"))
    sources = read_document(parse_form(edition("2027.1")), document).sources
    old = code_of(live_fingerprint("shizong", OPEN, Scope.SUBMITTED, sources.as_in_first_format))

    check = reported.page(path_of(address).replace(code, old))

    assert old != code
    total = check.one("tr", code="A")
    assert (total.get("data-old"), total.get("data-new")) == ("30.00", "80.00")
    assert "减：市内下拨 62.00 万元" in check.text


def lock_in_first_format(city_app, footnotes):
    """Keep the newest edition once more as the portal once wrote it."""
    with city_app.app.app_context(), tenancy.inside(home()) as session, writing(session):
        kept = session.scalars(select(ConsolidationEdition)).first()
        document = json.loads(kept.document)
        del document["reported"], document["as_of"]
        document |= {"format": 1, "number": 2, "footnotes": footnotes}
        content = canonical_bytes(document)
        sources = read_document(parse_form(edition("2027.1")), document).sources
        session.add(
            ConsolidationEdition(
                organisation_id=kept.organisation_id,
                campaign_id=kept.campaign_id,
                number=2,
                scope=kept.scope,
                document=content.decode(),
                sha256=fingerprint(content),
                counted=sources.counted,
                frozen_at=kept.frozen_at,
                frozen_by_id=kept.frozen_by_id,
                frozen_by=kept.frozen_by,
                nonce="old",
            )
        )
        session.commit()
    return content


def home():
    """The city as an organisation."""
    with tenancy.opening() as door:
        return organisation_by_code(door, "shizong")


WHO = "汇总单位 3 家；未含：鄂城区总工会。"
SENTENCE = (
    "A 各级工会共筹集送温暖款物：简单合计 92.00 万元，减：市内下拨 62.00 万元，"
    "剔重后合计 30.00 万元。"
)


def test_an_edition_of_the_first_format_is_read_word_for_word(city_app, reported):
    freeze(reported)
    content = lock_in_first_format(city_app, [WHO, SENTENCE])
    locked = reported.url(f"{EDITIONS}/2")

    screen, paper = reported.page(locked), reported.page(f"{locked}/print")
    book = reported.get(f"{locked}/workbook")
    now = reported.page(f"{locked}/difference")
    before = reported.page(reported.url(f"{EDITIONS}/1/difference?to=2"))

    for page in (screen, paper):
        rows = {row.get("data-said"): row.text for row in page.all("tr", said=None)}
        assert rows["减：市内下拨"].endswith("62.00")
        assert rows["剔重后合计"].endswith("30.00")
        assert SENTENCE in page.text
    assert last_cell(paper, "A") == "92.00"
    assert rows_of_workbook(book) == ["92.00", "62.00", "30.00"]
    for page in (now, before):
        assert page.all("tr", code=None) == []
        assert SENTENCE in page.text
        assert "剔重后合计 80.00 万元。" in page.text
    again = city_app.scalar("SELECT document FROM consolidation_edition WHERE number = 2")
    assert again.encode() == content
    with city_app.app.app_context(), tenancy.verifying() as session:
        assert verification._frozen_sums(session).faults == ()
    assert freeze(reported).location.endswith("/editions/3")


def test_an_edition_of_the_first_format_says_that_it_has_no_three_rows(city_app, reported):
    freeze(reported)
    lock_in_first_format(city_app, [WHO])

    for path in ("", "/print"):
        page = reported.page(reported.url(f"{EDITIONS}/2{path}"))
        assert "本版是旧格式，锁定时没有市内下拨的剔重数。" in page.text
    assert "没有市内下拨的剔重数。" in reported.page(reported.url(f"{EDITIONS}/2/difference")).text


def test_only_the_city_that_passes_down_is_asked(city_app, city, giver, linkong):
    before = giver.page(giver.url(ASKED)).text
    register(city_app, city, linkong="12")

    assert QUESTION not in before
    assert QUESTION in giver.page(giver.url(ASKED)).text
    assert QUESTION not in linkong.page(linkong.url(ASKED)).text
    assert say(linkong, "yes").status_code == 409
    assert say(giver, "perhaps").status_code == 422


def test_the_answer_is_kept_with_its_trail_and_frozen_with_the_submission(
    city_app, reported, giver
):
    again = say(giver, "no")

    trail = city_app.rows("SELECT old, new FROM trail WHERE action = 'passed-down-answered'")
    document = json.loads(
        city_app.scalar(
            "SELECT s.document FROM submission s JOIN organisation o ON o.id = s.organisation_id "
            "WHERE o.code = 'shizong'"
        )
    )
    assert again.status_code == 409
    assert [(row["old"], row["new"]) for row in trail] == [("", "是")]
    assert document["includes_passed_down"] is True
    assert f"{QUESTION}：是。" in giver.page(giver.url("/report/print")).text
    assert QUESTION in reported.page(reported.url("/report/review")).text


def test_without_an_answer_the_city_reports_all_the_same(city_app, city, giver, linkong):
    register(city_app, city, linkong="12")
    linkong.fill_all(**FIGURES | {"A2": "12.00"})
    linkong.submit()
    giver.fill_all(**FIGURES)

    submitted = giver.submit()

    page = city.page(city.url("/consolidation/print"))
    document = city_app.rows("SELECT document FROM submission ORDER BY submitted_at")[-1]
    assert submitted.status_code == 303
    assert "includes_passed_down" not in document["document"]
    assert last_cell(page, "A") == "22.00"
    assert f"市本级报表未答“{QUESTION}”，暂不扣减" in page.text
