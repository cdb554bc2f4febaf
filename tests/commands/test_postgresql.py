"""The commands on PostgreSQL: the same city, by a role that owns nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.postgresql import OWNER, SERVANT, Cluster, cluster, new_database

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A throw-away server."""
    with cluster() as made:
        yield made


@pytest.fixture
def addresses(server: Cluster) -> dict[str, str]:
    """The settings that name a new database, for the role that serves and for the owner."""
    name = new_database(server)
    return {
        "PORTAL_DATABASE_URL": server.url(SERVANT, name),
        "PORTAL_DATABASE_ADMIN_URL": server.url(OWNER, name),
    }


def test_the_demonstration_is_loaded_once_and_holds(portal: Shell, addresses):
    first = portal("demo", **addresses)
    second = portal("demo", **addresses)
    checked = portal("verify", **addresses)

    assert [each.errors for each in (first, second, checked)] == ["", "", ""]
    assert second.text == first.text
    assert "触发器和行级策略" in checked.text


def test_without_init_there_is_nothing_to_work_on(portal: Shell, addresses):
    answer = portal("verify", **addresses)

    assert (answer.status, answer.errors) == (1, "还没有数据，请先运行 portal init。\n")


def test_the_owner_is_needed_to_set_up(portal: Shell, addresses: dict[str, str]):
    answer = portal("init", PORTAL_DATABASE_URL=addresses["PORTAL_DATABASE_URL"])

    assert answer.status == 1
    assert "PORTAL_DATABASE_ADMIN_URL" in answer.errors


def test_a_server_that_is_not_there_is_told_in_one_line(portal: Shell, tmp_path: Path):
    address = f"postgresql+psycopg://nobody@/city?host={tmp_path}"

    answer = portal("verify", PORTAL_DATABASE_URL=address)

    assert answer.status == 1
    assert answer.errors.startswith("数据库不能完成操作：")
    assert answer.errors.count("\n") == 1
