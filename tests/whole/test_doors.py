"""Doors, second sessions and ways round the ORM: each stands on a short list, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ROUND_THE_ORM = """
portal.maintenance.backup        connect connection driver_connection exec_driver_sql sqlite3
portal.maintenance.copying      connect exec_driver_sql metadata sorted_tables
portal.cli.city      engine
portal.cli.keeping   engine
portal.cli.running   engine
portal.storage.db            connection engine exec_driver_sql get_bind metadata
portal.demo          connection
portal.demo.stage    connection
portal.maintenance.database_checks connect exec_driver_sql
portal.storage.fence connection engine exec_driver_sql fence_from fence_organisation fence_to local_table
portal.storage.guards        exec_driver_sql local_table metadata sorted_tables
portal.migrations.env metadata
portal.models.prepared      connection cursor exec_driver_sql make_transient_to_detached
portal.maintenance.restoration   connect exec_driver_sql sqlite3
portal.storage.schema        connect create_engine exec_driver_sql
portal.storage.serving_role  connect exec_driver_sql
portal.maintenance.verification  connection get_bind
"""  # noqa: E501 - a line of the table
"""Modules that may go round the ORM, with the ways that each one uses."""

OPENED = """
Door          portal.access.identity
Door          portal.access.tenancy
FencedSession portal.access.identity.sign_in_door
FencedSession portal.access.tenancy.opening
FencedSession portal.access.tenancy.all_people
FencedSession portal.access.tenancy.former_names
FencedSession portal.access.tenancy.shared
FencedSession portal.access.tenancy.last_years
FencedSession portal.access.tenancy.subtree
FencedSession portal.access.tenancy.verifying
FencedSession portal.access.tenancy.inside
OwnScope      portal.demo.stage.Stage.report
OwnScope      portal.access.tenancy.enter
OwnScope      portal.access.tenancy.inside
SubtreeScope  portal.access.tenancy.subtree
enter         portal.demo._load
enter         portal.access.tenancy._enter
read_through  portal.access.identity.person_by_token
opening       portal.campaigns.views.changing
opening       portal.campaigns.views.create
opening       portal.cli.campaigns._create
opening       portal.cli.campaigns.create
opening       portal.cli.campaigns.open_one
opening       portal.cli.forms.import_file
opening       portal.cli.forms.publish
opening       portal.cli.organisations.import_file
opening       portal.demo.load
former_names  portal.register.known_units.names_round
last_years    portal.campaigns.last_year_views.confirm_last_year
all_people    portal.accounts.user_views.create_user
all_people    portal.accounts.user_views.links_as_workbook
all_people    portal.accounts.user_views.make_all_links
all_people    portal.organisations.roster_views._preview
all_people    portal.organisations.roster_views.confirm_roster
all_people    portal.organisations.views.merge
sign_in_door  portal.accounts.link_views.confirm_link
sign_in_door  portal.accounts.link_views.spend_link
sign_in_door  portal.accounts.views._password_page
sign_in_door  portal.accounts.views.keep_password
sign_in_door  portal.accounts.views.logout
sign_in_door  portal.accounts.views.sign_in
sign_in_door  portal.cli.users.create
sign_in_door  portal.cli.users.set_password
sign_in_door  portal.cli.users.show_all
sign_in_door  portal.cli.watching._city
subtree       portal.cli.watching._collected
sign_in_door  portal.access.identity.note_seen
sign_in_door  portal.access.tenancy._organisation_for
subtree       portal.consolidation.editions.views._live
subtree       portal.accounts.user_views.users
subtree       portal.consolidation.editions.views.difference
subtree       portal.campaigns.announcement_views._draft_page
subtree       portal.campaigns.announcement_views._list
subtree       portal.campaigns.notice_views.announcement
subtree       portal.campaigns.notice_views.notice
subtree       portal.campaigns.last_year_views._page
subtree       portal.campaigns.last_year_views.confirm_last_year
subtree       portal.campaigns.last_year_views.preview_last_year
subtree       portal.campaigns.unit_views._list
subtree       portal.campaigns.views._publication_page
subtree       portal.campaigns.views.index
subtree       portal.campaigns.views.publish
subtree       portal.consolidation.page_views.consolidation_here
subtree       portal.home.views._with_units
subtree       portal.questions.views._waiting
subtree       portal.reports.views.asks_passed_down
subtree       portal.review.views._page
subtree       portal.review.views._waiting_here
subtree       portal.review.views.queue
subtree       portal.organisations.roster_views.download_roster
subtree       portal.organisations.views.tree
subtree       portal.paper.views._within_reach
subtree       portal.collection.moves.open_campaigns
subtree       portal.status.views._board
subtree       portal.cli.reminders._owed_below
subtree       portal.reminders.views._missing
inside        portal.cli.reminders._claimed
inside        portal.cli.reminders._note
inside        portal.cli.city.published_campaigns
inside        portal.consolidation.exports.views._steps
inside        portal.collection.moves._carry_out
inside        portal.reminders.views._note_posted
verifying     portal.cli.keeping._looking_into
verifying     portal.cli.running.verify
"""
"""Everything that looks past one organisation, with the functions that use it."""

WORDS = {"create_engine", "literal_column", "make_transient", "make_transient_to_detached", "text"}
"""Names imported from SQLAlchemy that turn text into statements, or make what no fence knows."""

ATTRIBUTES = {
    "__table__",
    "bulk_insert_mappings",
    "bulk_save_objects",
    "bulk_update_mappings",
    "connect",
    "connection",
    "cursor",
    "driver_connection",
    "engine",
    "exec_driver_sql",
    "from_statement",
    "get_bind",
    "local_table",
    "metadata",
    "on_conflict_do_update",
    "prefix_with",
    "raw_connection",
    "sorted_tables",
    "suffix_with",
    "with_hint",
    "with_statement_hint",
}
DRIVERS = {"psycopg", "sqlite3"}
MADE = {"Door", "FencedSession", "OwnScope", "SubtreeScope"}
USED = {
    "all_people",
    "enter",
    "former_names",
    "inside",
    "last_years",
    "opening",
    "read_through",
    "sign_in_door",
    "subtree",
    "verifying",
}


def test_only_listed_modules_go_round_the_orm():
    found = {module: ways(source) for module, source in sources()}

    listed = (line.split() for line in ROUND_THE_ORM.strip().split("\n"))
    assert {module: used for module, used in found.items() if used} == {
        module: {*used} for module, *used in listed
    }


def test_doors_and_second_sessions_are_opened_by_listed_functions_only():
    found = {
        (name, f"{module}.{place}".rstrip("."))
        for module, source in sources()
        for name, place in openings(source)
    }

    assert found == {tuple(line.split()) for line in OPENED.strip().split("\n")}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from sqlalchemy import select, text", {"text"}),
        ("import sqlalchemy as sa\nsa.text('SELECT 1')", {"text"}),
        ("from sqlalchemy.orm import make_transient_to_detached", {"make_transient_to_detached"}),
        ("from sqlalchemy.sql.expression import literal_column as x", {"literal_column"}),
        ("Report.__table__.c.id", {"__table__"}),
        ("getattr(Report, '__table__')", {"__table__"}),
        ("db.engine.connect()", {"engine", "connect"}),
        ("session.connection().connection.cursor()", {"connection", "cursor"}),
        ("import sqlite3", {"sqlite3"}),
        ("from psycopg.rows import dict_row", {"psycopg"}),
        ("session.execute(select(Report), {'fence_organisation': 1})", {"fence_organisation"}),
        ("insert(User).prefix_with('OR REPLACE')", {"prefix_with"}),
        ("text = typed.text\ntext(1)\n'engine'\ndef connect(): ...", set()),
    ],
)
def test_a_way_round_the_orm_is_noticed(source, found):
    assert ways(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("with sign_in_door() as door: ...", {("sign_in_door", "")}),
        ("def f():\n  with tenancy.subtree(x): ...", {("subtree", "f")}),
        ("class A:\n  def f(self):\n    x = Door('x', y)", {("Door", "A.f")}),
        ("f = partial(opening)", {("opening", "")}),
        ("def f(x: Door): return isinstance(x, Door)", set()),
        ("from portal.access.tenancy import subtree", set()),
        ("def subtree(): ...", set()),
    ],
)
def test_an_opening_is_noticed_with_its_place(source, found):
    assert set(openings(source)) == found


def sources() -> Iterator[tuple[str, str]]:
    """The dotted name and the text of every module, migrations themselves left out."""
    for path in [ROOT / "wsgi.py", *sorted((ROOT / "portal").rglob("*.py"))]:
        if path.parent.name != "versions":
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield dotted.removesuffix(".__init__"), path.read_text(encoding="utf-8")


def ways(source: str) -> set[str]:
    """The ways round the ORM that a module names."""
    return {way for node in ast.walk(ast.parse(source)) for way in _ways_of(node)}


def _ways_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        if node.attr in ATTRIBUTES or (node.attr in WORDS and _is_module(node.value)):
            yield node.attr
    elif isinstance(node, ast.Import):
        yield from DRIVERS & {alias.name.split(".")[0] for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
        package = (node.module or "").split(".")[0]
        yield from DRIVERS & {package}
        if package == "sqlalchemy":
            yield from WORDS & {alias.name for alias in node.names}
    elif isinstance(node, ast.Constant) and str(node.value).startswith(("__table__", "fence_")):
        # An attribute fetched by its name, or a parameter of the fence's own.
        yield node.value


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"sa", "sqlalchemy", "orm", "sql"}


def openings(source: str) -> Iterator[tuple[str, str]]:
    """What looks past one organisation in a module, each with the function that uses it."""
    yield from _openings(ast.parse(source), ())


def _openings(node: ast.AST, inside: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield from _openings(child, (*inside, child.name))
            continue
        if isinstance(child, ast.Call) and _name(child.func) in MADE:
            yield _name(child.func), ".".join(inside)
        if _name(child) in USED and isinstance(getattr(child, "ctx", None), ast.Load):
            yield _name(child), ".".join(inside)
        yield from _openings(child, inside)


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))
