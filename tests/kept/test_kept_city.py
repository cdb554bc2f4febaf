"""The kept city: a database and a backup of the first landed version, upgraded on each engine.

What somebody locked, printed, explained and signed with an older version is there after every
upgrade and after every restore, as it was. `make.py` tells how the kept files were made.
"""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from portal.settings import make_instance
from portal.storage.db import db
from tests.cast import TOKEN, City
from tests.commands.shell import Answer, Shell
from tests.engines import (
    ENGINES,
    SQLITE,
    change_past_the_portal,
    empty_database,
    environment_of,
    found_database,
    rows_of,
)
from tests.founding import app_of
from tests.kept.facts import FACTS, PAST, PRESENT, agrees, judgement
from tests.whole.gate import install

KEPT = Path(__file__).parent
THEN: dict[str, Any] = json.loads((KEPT / "facts.json").read_text(encoding="utf-8"))
"""What the city held when it was kept."""


@dataclass(frozen=True, slots=True)
class Place:
    """An instance folder and its database, with the commands that work on them."""

    folder: Path

    def __call__(self, *arguments: object) -> Answer:
        shell, environment = Shell(self.folder), environment_of(self.folder)
        return shell(*arguments, PORTAL_NOW=THEN["now"], **environment)

    def holds(self, fact: str) -> list[list[Any]]:
        """One kind of fact as the database has it now."""
        return [list(row.values()) for row in rows_of(self.folder, FACTS[fact])]


@pytest.fixture(scope="module")
def upgraded(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The kept database after `portal init` of today."""
    place = Place(tmp_path_factory.mktemp(engine) / "kept")
    make_instance(place.folder)
    if engine == SQLITE:
        (place.folder / "portal.sqlite3").write_bytes(unpacked("sqlite.sqlite3.xz"))
    else:
        empty_database(place.folder)
        change_past_the_portal(place.folder, unpacked("postgresql.sql.xz").decode())
    answer = place("init")
    assert answer.status == 0, answer.errors
    return place


def unpacked(name: str) -> bytes:
    """A kept file as it was before it was compressed."""
    return lzma.decompress((KEPT / name).read_bytes())


@pytest.fixture(scope="module")
def city(upgraded: Place) -> Iterator[City]:
    """The upgraded city, served at the moment when it was kept."""
    app = app_of(upgraded.folder, fixed_now=datetime.fromisoformat(THEN["now"]))
    with app.app_context():
        served = City(app, upgraded.folder, install(db.engine))
    yield served
    served.close()
    assert served.gate.refused == []


UNCHANGED = [fact for fact in FACTS if fact != "chains"]


def test_verify_finds_nothing_in_the_kept_city(upgraded):
    answer = upgraded("verify")

    assert (answer.status, answer.errors) == (0, "")


@pytest.mark.parametrize("fact", UNCHANGED)
def test_kept_rows_are_unchanged(upgraded, fact):
    assert upgraded.holds(fact) == THEN[fact]


def test_the_old_trail_precedes_the_new_entries(upgraded):
    entries = rows_of(
        upgraded.folder,
        "SELECT o.code, t.number, t.hash FROM trail t "
        "JOIN organisation o ON o.id = t.organisation_id",
    )

    assert {tuple(head) for head in THEN["chains"]} <= {tuple(row.values()) for row in entries}


def test_no_byte_of_an_edition_or_a_submission_has_changed(upgraded):
    for table in ("consolidation_edition", "submission"):
        for row in rows_of(upgraded.folder, f"SELECT document, sha256 FROM {table}"):
            assert sha256(row["document"].encode()).hexdigest() == row["sha256"]


@pytest.mark.parametrize("printed", THEN["codes"], ids=lambda one: one["printed"])
def test_old_prints_are_checked_by_the_rules_of_their_time(city, printed):
    text = judgement(city.person(printed["who"]), printed["leads_to"])

    # the rule of what is deducted may change: then the page tells what the paper says of it
    netted_otherwise = "/consolidation" in printed["printed"] and THEN["netting"] in text
    assert agrees(text) is printed["agrees"] or netted_otherwise


@pytest.mark.parametrize("campaign", [PAST, PRESENT])
def test_the_code_of_an_edition_is_accepted_when_it_is_typed(city, campaign):
    printed = f"/o/shizong/campaigns/{campaign}/consolidation/editions/1/print"
    code = next(one["code"] for one in THEN["codes"] if one["printed"] == printed)

    answer = city.person("shizong").post("/o/shizong/paper", code=code.lower())

    assert answer.status_code == 303
    assert answer.location.endswith(f"/{campaign}/consolidation/editions/1/difference")


def test_an_edition_still_prints_the_sentence_that_froze_with_it(city):
    text = city.person("shizong").page(THEN["codes"][2]["printed"]).text

    assert THEN["netting"] in text


@pytest.mark.parametrize("campaign", [PAST, PRESENT])
def test_the_sums_of_what_was_handed_in_are_the_same(city, campaign):
    page = city.person("shizong").page(
        f"/o/shizong/campaigns/{campaign}/consolidation?scope=submitted"
    )

    shown = {row.get("data-code"): row.all(total=None)[0].get("data-total") for row in rows(page)}
    assert shown == THEN["sums"][campaign]


def rows(page):
    """The rows of items in a consolidation."""
    return page.all("tr", code=None)


@pytest.mark.parametrize("who", ["echeng", "shizong"])
def test_an_explanation_with_a_retired_reason_is_still_read(city, who):
    page = "submission" if who == "echeng" else "review"
    text = city.person(who).page(f"/o/echeng/campaigns/{PRESENT}/report/{page}").text

    assert "疫情减少走访" in text
    assert "正月前后走访减少，改为集中慰问。" in text


@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        ("shizong", "/o/shizong/campaigns/2027-spring/status", "梁子湖区总工会"),
        ("shizong", "/o/shizong/campaigns/2022-spring/consolidation/editions", "第 1 版"),
        ("shizong", "/o/shizong/campaigns/2027-spring/consolidation", "各区"),
        ("shizong", "/o/weijian/campaigns/2027-spring/report/signed-copy", "核对一致"),
        ("shizong", "/o/qiye/campaigns/2027-spring/report", "代录"),
        ("shizong", "/o/jiaoyu/campaigns/2027-spring/report/reminders", "正在核对台账"),
        ("shizong", "/o/shizong/campaigns/2027-spring/questions/open", "外卖骑手"),
        ("shizong", "/o/zhujian/organisation", "已合并到市交通系统工会"),
        ("shizong", "/o/shizong/campaigns/2027-spring/status", "已合并到市交通系统工会"),
        ("shizong", "/o/shizong/campaigns/2027-spring/reminders", "已合并到市交通系统工会"),
        ("echeng", "/o/echeng/", "2027年春节送温暖"),
        ("echeng", "/o/echeng/campaigns/2027-spring/report/items/C9/panel", "与发放台账"),
        ("echeng", "/o/echeng/campaigns/2027-spring/report/drafts/1", "送审稿"),
        ("echeng", "/o/echeng/campaigns/2027-spring/questions", "填入 C11、D11。"),
        ("liangzihu", "/o/liangzihu/campaigns/2027-spring/report", "2月3日"),
    ],
)
def test_pages_of_the_desk_and_of_units_say_what_was_kept(city, who, path, words):
    assert words in city.person(who).page(path).text


def test_an_old_password_still_signs_in(city):
    browser = city.stranger()
    token = TOKEN.search(browser.get("/login").text)
    sent = {"username": "gedian", "password": THEN["password"], "csrf_token": token[1]}

    answer = browser.post("/login", data=sent)

    assert (answer.status_code, browser.get("/o/gedian/").status_code) == (303, 200)


@pytest.mark.parametrize("kept", ["sqlite", "postgresql"])
@pytest.mark.parametrize("into", ENGINES)
def test_a_backup_of_either_engine_is_restored_into_either(kept, into, request, tmp_path):
    if into != SQLITE:
        request.getfixturevalue("postgresql_cluster")
    place = Place(tmp_path / "restored")
    make_instance(place.folder)
    found_database(place.folder, into)

    answer = place("restore", KEPT / f"{kept}.zip")

    assert (answer.status, answer.errors) == (0, "")
    assert {fact: place.holds(fact) for fact in UNCHANGED} == {
        fact: THEN[fact] for fact in UNCHANGED
    }
