"""`portal form`: editions come in as drafts, are published once, and go out as they are kept."""

import json
from pathlib import Path

import pytest

import portal
from tests.commands.shell import Shell
from tests.commands.workbooks import CITY, roster

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2027.1.json"


@pytest.fixture
def document() -> dict[str, object]:
    """The data of an edition."""
    return dict(json.loads(EDITION.read_text(encoding="utf-8")))


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def test_an_edition_comes_in_as_a_draft(empty: Shell):
    answer = empty("form", "import", EDITION)

    assert answer.status == 0
    assert "草稿" in answer.text
    assert empty.ask("SELECT form, version, published_at FROM form_edition") == [
        ("songwennuan", "2027.1", None)
    ]


@pytest.mark.parametrize("name", ["songwennuan@2022.1", "songwennuan@2027.1"])
def test_an_edition_that_comes_with_the_program_is_imported_by_name(empty: Shell, name):
    answer = empty("form", "import", name, "--publish")

    assert answer.status == 0, answer.errors
    assert f"表样 {name}" in answer.text
    assert empty.ask("SELECT form || '@' || version FROM form_edition") == [(name,)]


@pytest.mark.parametrize("name", ["songwennuan@2028.1", "songwennuan", "../../x@1", "nothing.json"])
def test_a_name_that_nothing_has_lists_what_there_is(empty: Shell, name):
    answer = empty("form", "import", name)

    assert answer.status == 1
    assert "songwennuan@2022.1、songwennuan@2027.1" in answer.errors


def test_an_edition_can_be_published_with_its_import_or_later(empty: Shell, document, tmp_path):
    other = written(tmp_path / "other.json", document | {"version": "2027.2"})

    at_once = empty("form", "import", other, "--publish")
    empty("form", "import", EDITION)
    later = empty("form", "publish", "songwennuan", "2027.1")

    assert (at_once.status, later.status) == (0, 0)
    assert empty.ask("SELECT count(*) FROM form_edition WHERE published_at IS NULL") == [(0,)]


def test_an_export_is_byte_for_byte_what_is_kept(empty: Shell, document, tmp_path):
    file = written(tmp_path / "form.json", document)
    empty("form", "import", file)

    answer = empty("form", "export", "songwennuan", "2027.1")

    assert answer.output == file.read_bytes()
    assert answer.output.decode() == empty.ask("SELECT document FROM form_edition")[0][0]


def test_an_export_without_a_name_is_the_newest_edition(demo: Shell):
    answer = demo("form", "export")

    assert json.loads(answer.output)["version"] == "2027.1"


def test_an_export_of_nothing_is_told(empty: Shell):
    answer = empty("form", "export", "songwennuan")

    assert (answer.status, answer.output, answer.errors) == (1, b"", "没有这样的表样。\n")


def test_a_draft_can_be_replaced_and_a_published_edition_cannot(empty: Shell, document, tmp_path):
    empty("form", "import", EDITION)
    mended = written(tmp_path / "mended.json", document | {"title": "送温暖统计表（修订）"})

    draft = empty("form", "import", mended, "--publish")
    published = empty("form", "import", EDITION)
    same = empty("form", "import", mended)

    assert (draft.status, published.status, same.status) == (0, 1, 0)
    assert "已经发布，不能改动" in published.errors
    assert empty.ask("SELECT title FROM form_edition") == [("送温暖统计表（修订）",)]
    assert empty("verify").status == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "不是 JSON 文件"),
        ("[" * 5000, "不是 JSON 文件"),
        ("[]", "不是表样"),
        ("{}", "表样缺少标题（title）"),
    ],
)
def test_a_file_that_is_no_form_is_told(empty: Shell, tmp_path, content, sentence):
    file = tmp_path / "form.json"
    file.write_text(content, encoding="utf-8")

    answer = empty("form", "import", file)

    assert answer.status == 1
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1
    assert empty.ask("SELECT count(*) FROM form_edition") == [(0,)]


def test_an_edition_whose_name_cannot_be_named_is_refused(empty: Shell, document, tmp_path):
    answer = empty("form", "import", written(tmp_path / "f.json", document | {"id": "送温暖@1"}))

    assert answer.status == 1
    assert "表样的名称和版次应为" in answer.errors


def test_what_was_imported_before_there_was_a_city_gets_its_trail_with_it(empty: Shell, tmp_path):
    empty("form", "import", EDITION)

    empty("organisation", "import", roster(tmp_path / "units.xlsx", *CITY))

    assert empty.ask("SELECT note FROM trail WHERE action = 'form-added'") == [
        ("songwennuan@2027.1 2027年春节期间各级工会送温暖统计表",)
    ]
