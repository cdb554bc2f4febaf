"""`portal campaign`: created as a draft with its list of units, opened with the tree as it is."""

from pathlib import Path

import pytest

import portal
from tests.commands.shell import Shell
from tests.commands.workbooks import CITY, roster, workbook

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2027.1.json"
DATES = {"--opens": "2027-01-04 08:30", "--due": "2027-01-20", "--closes": "2027年1月22日18:00"}
EXPECTED = "SELECT code FROM expectation WHERE expected ORDER BY position"


@pytest.fixture
def city(empty: Shell, tmp_path: Path) -> Shell:
    """A real city with its units and a published edition."""
    assert empty("organisation", "import", roster(tmp_path / "units.xlsx", *CITY)).status == 0
    assert empty("form", "import", EDITION, "--publish").status == 0
    return empty


def planned(code: str = "2027-spring", **changed: str) -> list[str]:
    options = {"--form": "songwennuan@2027.1", "--name": "2027年春节送温暖", "--expect": "all"}
    options |= DATES | {f"--{name}": text for name, text in changed.items()}
    return ["campaign", "create", *(part for pair in options.items() for part in pair), "--", code]


def test_a_campaign_is_a_draft_until_it_is_opened(city: Shell):
    created = city(
        *planned(notice="南工发[2027]1号", period="2026年12月至2027年1月", contact="张慧")
    )
    status = city.ask("SELECT status, notice_number, period, contact FROM campaign")
    opened = city("campaign", "open", "2027-spring")

    assert (created.status, opened.status) == (0, 0)
    assert status == [("draft", "南工发[2027]1号", "2026年12月至2027年1月", "张慧")]
    assert city.ask("SELECT status FROM campaign") == [("published",)]
    assert city("verify").status == 0


def test_dates_are_kept_to_the_minute_and_a_bare_day_ends_at_half_past_five(city: Shell):
    answer = city(*planned())

    assert city.ask("SELECT opens, due, closes FROM campaign") == [
        ("2027-01-04 00:30:00.000000", "2027-01-20 09:30:00.000000", "2027-01-22 10:00:00.000000")
    ]
    assert "报送截止 2027年1月20日（星期三）17:30" in answer.text


def test_a_bare_day_opens_at_its_beginning(city: Shell):
    answer = city(*planned(opens="2027-01-04", due="2027-01-04", closes="2027-01-04"))

    assert answer.status == 0, answer.errors
    assert "填报开始 2027年1月4日（星期一）00:00" in answer.text
    assert "停止填报 2027年1月4日（星期一）17:30" in answer.text


def test_the_tree_is_copied_with_its_order_and_the_usual_bases(city: Shell):
    city(*planned())
    city("campaign", "open", "2027-spring")

    rows = city.ask(
        "SELECT e.code, e.name, e.kind, e.position, e.basis, e.expected, e.path = o.path, p.code "
        "FROM expectation e JOIN organisation o ON o.id = e.organisation_id "
        "LEFT JOIN organisation p ON p.id = e.parent_id ORDER BY e.position"
    )

    assert rows == [
        ("nanshan", "南山市总工会", "市总", 1, "own", 1, 1, None),
        ("dongqu", "东区总工会", "区总", 2, "full", 1, 1, "nanshan"),
        ("xiqu", "西区总工会", "区总", 3, "full", 1, 1, "nanshan"),
        ("yizhong", "第一中学工会", "基层", 4, "full", 1, 1, "dongqu"),
    ]


def test_a_list_names_units_with_their_basis_and_what_the_city_registered(city: Shell, tmp_path):
    file = workbook(
        tmp_path / "expected.xlsx",
        [
            ("代码", "口径", "下拨资金（万元）", "建档户数"),
            ("dongqu", "本级数", 12.34, 35),
            ("yizhong", "全口径数（含所属）", 0.1 + 0.2, ""),
        ],
    )

    answer = city(*planned(expect=str(file)))

    assert answer.status == 0
    assert city.ask(
        "SELECT code, expected, exempt_reason, basis, allocated, households "
        "FROM expectation ORDER BY position"
    ) == [
        ("nanshan", 0, "未列入本次应报范围", "own", None, None),
        ("dongqu", 1, "", "own", 12_340_000, 35),
        ("xiqu", 0, "未列入本次应报范围", "full", None, None),
        ("yizhong", 1, "", "full", 300_000, None),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"dongqu\nxiqu\n",
        "代码,口径\r\ndongqu,\r\nxiqu,全口径\r\n".encode("gb18030"),
        "\ufeff代码\t名称\ndongqu\t东区\nxiqu\t西区\n".encode(),
    ],
    ids=["bare codes", "as Excel saves it here", "with tabs"],
)
def test_a_list_can_be_a_text(city: Shell, tmp_path, content):
    file = tmp_path / "expected.txt"
    file.write_bytes(content)

    answer = city(*planned(expect=str(file)))

    assert (answer.status, answer.errors) == (0, "")
    assert city.ask(EXPECTED) == [("dongqu",), ("xiqu",)]


def test_every_problem_of_a_list_is_told_with_its_cell(city: Shell, tmp_path):
    file = tmp_path / "expected.csv"
    file.write_text(
        "代码,口径,下拨资金(万元),建档户数\ndongqu,一半,12万,许多\nnowhere,,,\ndongqu,,,\n",
        encoding="utf-8",
    )

    answer = city(*planned(expect=str(file)))

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
    for problem in (
        "B2 口径“一半”应为本级或全口径",
        "C2 下拨资金“12万”：",
        "D2 建档户数“许多”应为",
        "A3 没有代码为“nowhere”的单位",
        "A4 代码 dongqu 重复",
    ):
        assert problem in answer.errors
    assert city.ask("SELECT count(*) FROM campaign") == [(0,)]


def test_a_unit_founded_before_the_opening_is_expected_with_all_others(city: Shell, tmp_path):
    city(*planned())
    later = roster(tmp_path / "later.xlsx", ("erzhong", "第二中学工会", "基层", "xiqu", 5))
    city("organisation", "import", later)

    city("campaign", "open", "2027-spring")

    assert ("erzhong",) in city.ask(EXPECTED)


def test_a_unit_founded_before_the_opening_is_not_added_to_a_list(city: Shell, tmp_path):
    chosen = tmp_path / "expected.txt"
    chosen.write_text("dongqu", encoding="utf-8")
    city(*planned(expect=str(chosen)))
    later = roster(tmp_path / "later.xlsx", ("erzhong", "第二中学工会", "基层", "xiqu", 5))
    city("organisation", "import", later)

    city("campaign", "open", "2027-spring")

    assert city.ask(EXPECTED) == [("dongqu",)]
    assert city.ask("SELECT expected FROM expectation WHERE code = 'erzhong'") == [(0,)]


def test_a_campaign_follows_the_one_before_it(demo: Shell):
    answer = demo(*planned("2028-spring", previous="2022-spring"))

    assert answer.status == 0
    assert demo.ask(
        "SELECT p.code FROM campaign c JOIN campaign p ON p.id = c.previous_id "
        "WHERE c.code = '2028-spring'"
    ) == [("2022-spring",)]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"form": "songwennuan@2099.1"}, "没有表样 songwennuan@2099.1"),
        ({"previous": "2022-spring"}, "没有填报任务 2022-spring"),
        ({"closes": "2027-01-19"}, "停止填报时间不应早于报送截止时间"),
        ({"opens": "2027-01-20 17:30"}, "填报开始时间应早于报送截止时间"),
        ({"name": " "}, "填报任务名称应为"),
        ({"expect": "/nowhere/expected.xlsx"}, "打不开"),
    ],
)
def test_a_wrong_campaign_is_refused(city: Shell, changed, sentence):
    answer = city(*planned(**changed))

    assert answer.status == 1
    assert sentence in answer.errors
    assert city.ask("SELECT count(*) FROM campaign") == [(0,)]


@pytest.mark.parametrize("code", ["2027 春", "x", "A-1", "-a", "a/b", "a" * 64])
def test_a_code_that_cannot_stand_in_an_address_is_refused(city: Shell, code):
    answer = city(*planned(code))

    assert answer.status == 1
    assert "填报任务代码" in answer.errors


def test_a_used_code_is_refused(city: Shell):
    city(*planned())

    answer = city(*planned())

    assert (answer.status, answer.errors) == (1, "填报任务 2027-spring 已经有了。\n")


def test_opening_twice_is_refused(city: Shell):
    city(*planned())
    city("campaign", "open", "2027-spring")

    answer = city("campaign", "open", "2027-spring")

    assert (answer.status, answer.errors) == (1, "填报任务 2027-spring 已经发布过了。\n")


def test_an_unpublished_edition_cannot_be_opened(empty: Shell, tmp_path):
    empty("organisation", "import", roster(tmp_path / "units.xlsx", *CITY))
    empty("form", "import", EDITION)
    empty(*planned())

    answer = empty("campaign", "open", "2027-spring")

    assert answer.status == 1
    assert "尚未发布，请先发布表样" in answer.errors


def test_a_campaign_without_units_is_refused(empty: Shell):
    empty("form", "import", EDITION, "--publish")
    empty(*planned())

    answer = empty("campaign", "open", "2027-spring")

    assert answer.status == 1
    assert "没有应报单位" in answer.errors


def test_an_unknown_campaign_cannot_be_opened(city: Shell):
    answer = city("campaign", "open", "2099-spring")

    assert (answer.status, answer.errors) == (1, "没有填报任务 2099-spring。\n")
