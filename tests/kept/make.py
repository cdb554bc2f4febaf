"""Makes the kept city: the demonstration city of the first landed version, lived in for a day.

It ran once, with the code of that version, and wrote what lies beside it:

    python -m tests.kept.make

It need not run with later code. A reader learns from it what the kept files hold and how they
came about; `test_kept_city.py` upgrades them. The same day is lived on both engines.
"""

import json
import lzma
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portal.domain.form.form import parse_form
from portal.settings import make_instance
from tests.cast import Character, City, open_city
from tests.commands.shell import Shell
from tests.demonstration import NOW, PASSWORD
from tests.engines import (
    POSTGRESQL,
    SQLITE,
    address_past_the_walls,
    environment_of,
    found_database,
    running_postgresql,
)
from tests.founding import edition
from tests.kept.facts import FACTS, PAST, PRESENT, agrees, judgement
from tests.markup import Page, Part
from tests.paper.desk import hidden
from tests.requirements import require
from tests.scans import PDF, png

HERE = Path(__file__).parent


def main() -> None:
    """Live the day on both engines and write down what each of them keeps."""
    facts = []
    with running_postgresql(), TemporaryDirectory() as folder:
        for engine in (SQLITE, POSTGRESQL):
            city = _founded(Path(folder, engine), engine)
            facts.append(_lived(city))
            city.close()
            _keep(city.folder, engine)
    assert facts[0] == facts[1]
    lines = (f"{json.dumps(name)}: {_block(value)}" for name, value in facts[0].items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (HERE / "facts.json").write_text(text, encoding="utf-8")


def _block(value: Any) -> str:
    """A value as JSON, a list with one line for each of its members."""
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    lines = (json.dumps(each, ensure_ascii=False) for each in value)
    return "[\n " + ",\n ".join(lines) + "\n]"


def _founded(folder: Path, engine: str) -> City:
    founded = folder / "founded"
    make_instance(founded)
    found_database(founded, engine)
    _run(founded, "demo", "--password", PASSWORD)
    return open_city(founded, folder / "lived")


def _run(instance: Path, *arguments: object) -> None:
    answer = Shell(instance)(*arguments, **environment_of(instance), PORTAL_NOW=NOW)
    assert answer.status == 0, answer.errors


def _lived(city: City) -> dict[str, Any]:
    """One day of the city, and what is to be found of it ever after."""
    city.clock_at("2027-01-20 10:00")
    _lock(city.person("shizong"))
    _explain(city)
    _hand_in(city)
    _chase(city)
    _ask(city)
    _look(city.person("shizong"))
    _change_tree(city)
    _later(city)
    desk = city.person("shizong")
    sums = {campaign: _sums(desk, campaign) for campaign in (PAST, PRESENT)}
    found = {name: _facts(city, query) for name, query in FACTS.items()}
    about = {"password": PASSWORD, "now": city.now.isoformat(), "netting": _netting(desk)}
    return about | {"sums": sums, "codes": _codes(city)} | found


def _done(answer: Any) -> None:
    assert answer.status_code == 303, f"{answer.status} {answer.text}"


def _at(unit: str, path: str, campaign: str = PRESENT) -> str:
    return f"/o/{unit}/campaigns/{campaign}{path}"


def _lock(desk: Character) -> None:
    """汇总表（第 1 版） of either campaign, with the 剔重 sentence of its day."""
    for campaign in (PAST, PRESENT):
        page = desk.page(_at("shizong", "/consolidation?scope=submitted", campaign))
        fields = hidden(page, "/editions") | {"nonce": f"edition-{campaign}"}
        _done(desk.post(_at("shizong", "/consolidation/editions", campaign), **fields))
    upward = _at("shizong", "/consolidation/editions/1/upward-report", PAST)
    _done(desk.post(upward, remark="邮件报送"))


def _explain(city: City) -> None:
    """Drafts with explained issues, one by a reason that is retired since; a 送审稿; a 代录."""
    echeng, qiye, desk = (city.person(name) for name in ("echeng", "qiye", "shizong"))
    _answer(echeng, "疫情减少走访", "正月前后走访减少，改为集中慰问。")
    _done(echeng.post(_at("echeng", "/report/items/C9/notes"), text="与发放台账核对过。"))
    _done(echeng.post(_at("echeng", "/report/drafts")))
    _later(city)
    _done(
        echeng.post(_at("echeng", "/report"), **{"J1": "333", "J1.version": "1", "J1.was": "331"})
    )
    typed = _new({"C9": "12", "D9": "2.40", "C1": "8", "D1": "1.80"})
    _done(desk.post(_at("qiye", "/report/on-behalf"), ground="来电", caller="何军", **typed))
    _answer(qiye, "新增专项资金", "省总新下达专项资金，次均提高。")


def _new(figures: dict[str, str]) -> dict[str, str]:
    """The fields of the sheet for figures that nobody wrote before."""
    first = {f"{code}.version": "0" for code in figures} | {f"{code}.was": "" for code in figures}
    return figures | first


def _answer(reporter: Character, reason: str, words: str) -> None:
    """Explain everything that the portal asks about in a unit's report."""
    unit = reporter.username
    page = reporter.page(_at(unit, "/report/submission"))
    asked = [_hidden_in(each) for each in page.all("article", issue="query")]
    assert asked
    for issue in asked:
        said = issue | {"reason": reason, "words": words}
        _done(reporter.post(_at(unit, "/report/explanations"), **said))


def _hidden_in(part: Part) -> dict[str, str]:
    fields = {each.get("name"): each.get("value") for each in part.root.iter("input")}
    return {name: fields[name] for name in ("issue", "numbers")}


def _hand_in(city: City) -> None:
    """A submission with its 盖章件 found to agree, and more time for another unit."""
    weijian, desk = city.person("weijian"), city.person("shizong")
    _later(city)
    figures = {leaf.code: "0" for leaf in parse_form(edition("2027.1")).leaves}
    figures |= {"A3": "5.00", "B": "3", "C9": "12", "D9": "1.00"}
    _done(weijian.post(_at("weijian", "/report"), **_new(figures)))
    _answer(weijian, "上年口径不同", "今年按隶属关系重新划分，口径有变。")
    _done(weijian.post(_at("weijian", "/report/submission"), nonce="weijian-1"))
    scan = [(BytesIO(PDF), "盖章件.pdf"), (BytesIO(png()), "第二页.png")]
    _done(weijian.post(_at("weijian", "/report/signed-copy"), page=scan))
    _done(desk.post(_at("weijian", "/report/signed-copy/match"), number="1"))
    more = {"until": "2027-02-03 17:30", "reason": "主席出差，无法签字。"}
    _done(desk.post(_at("liangzihu", "/report/extension"), **more))


def _chase(city: City) -> None:
    """A call with a promise, and the text in the group."""
    desk = city.person("shizong")
    _later(city)
    call = {"outcome": "promised", "promised": "2027-01-22 12:00", "note": "正在核对台账"}
    _done(desk.post(_at("jiaoyu", "/report/reminders"), nonce="call-1", **call))
    group = {"unit": ["jiaoyu", "zhujian"], "nonce": "group-1"}
    _done(desk.post(_at("shizong", "/reminders"), **group))


def _ask(city: City) -> None:
    """A question answered to all, one that is still open."""
    echeng, gedian, desk = (city.person(name) for name in ("echeng", "gedian", "shizong"))
    for who, item, text in (
        (echeng, "C11", "脱困未满一年的职工是否填入建档困难职工？"),
        (gedian, "J3", "平台企业的外卖骑手算不算新就业形态劳动者？"),
    ):
        _done(who.post(_at(who.username, f"/report/items/{item}/questions"), text=text))
    number = city.scalar("SELECT id FROM question WHERE item = 'C11'")
    said = {"question": "脱困未满一年的是否填入？", "answer": "填入 C11、D11。"}
    _done(desk.post(_at("echeng", f"/questions/{number}/answer"), **said))


def _look(desk: Character) -> None:
    """One filter for oneself, one for the whole desk."""
    filters = _at("shizong", "/consolidation/filters")
    _done(desk.post(filters, name="各区", show="kinds", kind="区总", shared="1"))
    _done(desk.post(filters, name="市直", show="kinds", kind="市直系统"))


def _change_tree(city: City) -> None:
    """A grass-roots union moved and a system union merged while the campaign was open."""
    desk = city.person("shizong")
    _later(city)
    _done(desk.post("/o/echeng-jiceng2/organisation/place", target="huarong"))
    merged = {"into": "jiaotong", "people": "move", "despite": "1"}
    _done(desk.post("/o/zhujian/organisation/merger", **merged))


def _later(city: City) -> None:
    city.let_pass(timedelta(minutes=10))


def _codes(city: City) -> list[dict[str, Any]]:
    """The codes that prints of today carry: who printed what, where its QR leads, what it says."""
    codes = []
    for who, path in PRINTS:
        reader = city.person(who)
        code, link = _code_on(reader.page(path))
        facts = {
            "who": who,
            "code": code,
            "leads_to": link,
            "agrees": agrees(judgement(reader, link)),
        }
        codes.append({"printed": path} | facts)
    return codes


PRINTS = (
    ("shizong", _at("shizong", "/consolidation/print?scope=submitted", PAST)),
    ("shizong", _at("shizong", "/consolidation/print?scope=accepted", PRESENT)),
    ("shizong", _at("shizong", "/consolidation/editions/1/print", PAST)),
    ("shizong", _at("shizong", "/consolidation/editions/1/print", PRESENT)),
    ("echeng", _at("echeng", "/report/print", PAST)),
    ("weijian", _at("weijian", "/report/print", PRESENT)),
    ("liangzihu", _at("liangzihu", "/report/submissions/2", PAST)),
    ("echeng", _at("echeng", "/report/drafts/1")),
)


def _code_on(page: Page) -> tuple[str, str]:
    part = page.all(paper_code=None)[0]
    return part.get("data-paper-code"), re.sub(r"^https?://[^/]+", "", part.get("href"))


def _sums(desk: Character, campaign: str) -> dict[str, str]:
    """The totals of everything handed in, by item."""
    page = desk.page(_at("shizong", "/consolidation?scope=submitted", campaign))
    return {row.get("data-code"): _total(row) for row in page.all("tr", code=None)}


def _total(row: Part) -> str:
    return next(each.get("data-total") for each in row.all(total=None))


def _netting(desk: Character) -> str:
    """The 剔重 sentence as it froze with the first edition of the past campaign."""
    page = desk.page(_at("shizong", "/consolidation/editions/1/print", PAST))
    return next(each.text for each in page.all("p") if "剔重" in each.text)


def _facts(city: City, query: str) -> list[list[Any]]:
    return [list(row.values()) for row in city.rows(query)]


def _keep(folder: Path, engine: str) -> None:
    """Write the database and its backup beside this file."""
    packed = HERE / f"{engine}.zip"
    packed.unlink(missing_ok=True)
    _run(folder, "backup", packed)
    made = _vacuumed(folder) if engine == SQLITE else _dumped(folder)
    suffix = "sqlite3" if engine == SQLITE else "sql"
    (HERE / f"{engine}.{suffix}.xz").write_bytes(lzma.compress(made, preset=9))


def _vacuumed(folder: Path) -> bytes:
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as database:
        database.execute("VACUUM")
        database.execute("PRAGMA journal_mode=DELETE")
    return (folder / "portal.sqlite3").read_bytes()


OF_ANOTHER_SERVER = re.compile(rb"^(\\(un)?restrict .*|SET transaction_timeout .*)\n", re.MULTILINE)
"""Lines of a dump that psql alone or a newer server alone understands."""


def _dumped(folder: Path) -> bytes:
    """The database as statements, so that any client can run them."""
    pg_dump = Path(require("postgresql")).resolve().with_name("pg_dump")
    command = [pg_dump, "--rows-per-insert=200", address_past_the_walls(folder)]
    made = subprocess.run(command, check=True, capture_output=True).stdout
    return OF_ANOTHER_SERVER.sub(b"", made)


if __name__ == "__main__":
    main()
