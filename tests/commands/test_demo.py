"""`portal demo`: the demonstration city, whole, plausible, and never mixed with a real one."""

import stat
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest

from portal import demo as demonstration
from portal import server
from portal.access.passwords import matches
from tests.commands.conftest import DEMO_PASSWORD
from tests.commands.shell import Shell
from tests.commands.workbooks import CITY, roster

STATES = (
    "SELECT o.code, r.state FROM report r JOIN organisation o ON o.id = r.organisation_id "
    "JOIN campaign c ON c.id = r.campaign_id WHERE c.code = ?"
)


def everything(shell: Shell) -> list[list[tuple[object, ...]]]:
    """All rows of all tables."""
    return [shell.rows(table) for table in shell.tables()]


def accounts_in(text: str) -> set[str]:
    return {line.split()[0] for line in text.splitlines()[2:-1]}


def test_every_account_of_the_contract_is_there_with_one_password(demo: Shell):
    rows = demo.ask("SELECT username, password_hash, must_change_password FROM user")

    named = {row[0] for row in rows}
    units = {code for (code,) in demo.ask("SELECT code FROM organisation")}
    assert units < named
    assert named - units == {
        "shizong-reporter",
        "shizong-viewer",
        "shizong-auditor",
        "echeng-head",
        "echeng-reviewer",
    }
    assert {row[2] for row in rows} == {0}
    [password_hash] = {row[1] for row in rows}
    assert matches(password_hash, DEMO_PASSWORD)


def test_the_closed_campaign_is_accepted_throughout(demo: Shell):
    states = dict(demo.ask(STATES, "2022-spring"))

    assert set(states.values()) == {"accepted"}
    assert len(states) == 13


def test_the_open_campaign_shows_every_state(demo: Shell):
    states = dict(demo.ask(STATES, "2027-spring"))

    assert states == {
        "echeng": "draft",
        "gedian": "submitted",
        "linkong": "returned",
        "huarong": "accepted",
    }


def test_the_open_campaign_is_open_now(portal: Shell):
    portal("demo", PORTAL_NOW="2027-01-12T00:05+08:00")

    [row] = portal.ask("SELECT opens, due, closes FROM campaign WHERE code = '2027-spring'")

    opens, due, closes = (datetime.fromisoformat(text) for text in row)
    now = datetime(2027, 1, 11, 16, 5)  # noqa: DTZ001 - UTC, as the file keeps it
    assert opens < now < due < closes
    assert (due.hour, due.minute) == (9, 30)
    [(newest,)] = portal.ask("SELECT max(at) FROM trail")
    assert datetime.fromisoformat(newest) < now


def test_every_chain_every_figure_and_every_submission_holds(demo: Shell):
    answer = demo("verify")

    assert (answer.status, answer.errors) == (0, "")


def test_a_second_call_changes_nothing_and_prints_the_same(portal: Shell):
    first = portal("demo")
    before = everything(portal)

    second = portal("demo")

    assert (first.status, second.status) == (0, 0)
    assert second.text == first.text
    assert everything(portal) == before


def test_the_password_is_kept_for_its_owner_alone(portal: Shell):
    answer = portal("demo")

    file = portal.instance / "demo-password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"密码（各账号相同）：{file.read_text().strip()}" in answer.text
    [(password_hash,)] = portal.ask("SELECT DISTINCT password_hash FROM user")
    assert matches(password_hash, file.read_text().strip())


def test_the_address_and_the_accounts_are_printed(demo: Shell):
    answer = demo("demo", PORTAL_PORT="8123")

    assert answer.text.startswith("地址：http://127.0.0.1:8123\n")
    assert accounts_in(answer.text) == {name for (name,) in demo.ask("SELECT username FROM user")}


def test_a_password_given_later_is_set_for_all_and_not_measured(demo: Shell):
    answer = demo("demo", "--password", "1")

    assert answer.status == 0
    [(password_hash,)] = demo.ask("SELECT DISTINCT password_hash FROM user")
    assert matches(password_hash, "1")
    assert demo("verify").status == 0


def test_the_same_password_given_again_changes_nothing(demo: Shell):
    before = everything(demo)

    answer = demo("demo", "--password", DEMO_PASSWORD)

    assert answer.status == 0
    assert everything(demo) == before


@pytest.mark.parametrize("password", ["", "字" * 129])
def test_a_password_nobody_could_type_is_refused(portal: Shell, password):
    answer = portal("demo", "--password", password)

    assert answer.status == 1
    assert "密码应为 1 至 128 个字符" in answer.errors
    assert portal.ask("SELECT count(*) FROM user") == [(0,)]


@pytest.fixture
def real(empty: Shell, tmp_path: Path) -> Shell:
    """A real city, which happens to use a code of the demonstration."""
    units = [("shizong", *CITY[0][1:]), ("echeng", "鄂城区总工会", "区总", "shizong", 2)]
    assert empty("organisation", "import", roster(tmp_path / "units.xlsx", *units)).status == 0
    return empty


def test_a_real_city_is_refused(real: Shell):
    before = everything(real)

    answer = real("demo", "--password", "whatever")

    assert (answer.status, answer.errors) == (1, "库里已经有别的内容，没有装入演示数据。\n")
    assert everything(real) == before
    assert not (real.instance / "demo-password").exists()


def test_a_database_with_nothing_but_a_form_is_refused_too(empty: Shell, demo_form: Path):
    empty("form", "import", demo_form)

    answer = empty("demo")

    assert answer.status == 1
    assert empty.ask("SELECT count(*) FROM organisation") == [(0,)]


@pytest.fixture
def demo_form() -> Path:
    """The file of an edition that the demonstration itself brings."""
    return Path(demonstration.__file__).parents[1] / "editions" / "songwennuan-2022.1.json"


def test_a_demonstration_with_a_unit_of_ones_own_is_refused(demo: Shell, tmp_path):
    own = roster(tmp_path / "units.xlsx", ("yizhong", "第一中学工会", "基层", "echeng", 1))
    demo("organisation", "import", own)

    answer = demo("demo", "--password", "whatever")

    assert (answer.status, answer.errors) == (1, "库里除演示城市外还有单位 yizhong，没有改动。\n")


class TestServed:
    """`portal serve --demo`, which is what `make run` starts."""

    @pytest.fixture(autouse=True)
    def no_server(self, monkeypatch):
        monkeypatch.setattr(server, "bound_socket", lambda _settings: nullcontext())
        monkeypatch.setattr(server, "serve", lambda _app, _settings, _bound, announce: announce())

    def test_an_empty_database_gets_the_demonstration_and_keeps_it(self, portal: Shell):
        first = portal("serve", "--demo")
        loaded = everything(portal)
        second = portal("serve", "--demo")

        assert (first.status, second.status) == (0, 0)
        assert first.text == second.text
        assert "echeng-head" in first.text
        assert first.text.endswith("正在 http://127.0.0.1:8000 提供服务，按 Ctrl-C 停止。\n")
        assert everything(portal) == loaded

    def test_a_real_city_is_left_alone_and_no_account_is_named(self, real: Shell):
        before = everything(real)

        answer = real("serve", "--demo")

        assert answer.status == 0
        assert answer.text.splitlines() == [
            "地址：http://127.0.0.1:8000",
            "正在 http://127.0.0.1:8000 提供服务，按 Ctrl-C 停止。",
        ]
        assert everything(real) == before

    def test_the_accounts_of_a_demonstration_in_use_are_printed(self, demo: Shell, tmp_path):
        own = roster(tmp_path / "units.xlsx", ("yizhong", "第一中学工会", "基层", "echeng", 1))
        demo("organisation", "import", own)
        before = everything(demo)

        answer = demo("serve", "--demo")

        assert answer.status == 0
        assert f"密码（各账号相同）：{DEMO_PASSWORD}\n" in answer.text
        assert everything(demo) == before


def test_an_interrupted_load_leaves_an_empty_database(portal: Shell, monkeypatch):
    def break_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(demonstration, "load_present", break_off)
        broken = portal("demo")
    left = {table for table in portal.tables() if portal.rows(table)}

    again = portal("demo")

    assert broken.status == 1
    assert left == {"alembic_version"}
    assert again.status == 0
