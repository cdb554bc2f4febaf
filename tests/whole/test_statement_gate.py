"""The statement gate itself: it lets fenced statements by and notices every hole in the others."""

import pytest

from portal.models import Base, SignIn, User
from portal.storage.fence import Door, OwnScope, SubtreeScope
from tests.whole.gate import OWNED, GateRefused, judge

KNOWN_TABLES = Base.metadata.tables
OWN = OwnScope(7, "/00000001/00000007/")
BELOW = SubtreeScope("/00000001/00000007/")
DOOR = Door("sign_in", frozenset({User, SignIn}))
PATHS = ("/00000001/00000007/", "/00000001/000000070")
HELD = (
    "IN (SELECT organisation.id FROM organisation "
    "WHERE organisation.path >= ? AND organisation.path < ?)"
)

LET_BY = [
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = ?", (7,)),
    (OWN, "SELECT r.id FROM report AS r WHERE r.id = ? AND r.organisation_id = ?", (1, 7)),
    (
        OWN,
        "SELECT report.id FROM report WHERE (report.id = ? OR 1) AND ? = report.organisation_id",
        (1, 7),
    ),
    (OWN, "SELECT organisation.id, campaign.code FROM organisation, campaign", ()),
    (
        OWN,
        "SELECT figure.item FROM report JOIN figure ON figure.report_id = report.id "
        "AND figure.organisation_id = ? WHERE report.organisation_id = ?",
        (7, 7),
    ),
    (
        OWN,
        "SELECT campaign.id FROM campaign LEFT JOIN report ON report.campaign_id = campaign.id "
        "AND report.organisation_id = ?",
        (7,),
    ),
    (
        OWN,
        "SELECT id FROM (SELECT report.id AS id FROM report WHERE report.organisation_id = ?)",
        (7,),
    ),
    (
        OWN,
        "WITH mine AS (SELECT report.id AS id FROM report WHERE report.organisation_id = ?) "
        "SELECT mine.id FROM mine",
        (7,),
    ),
    (
        OWN,
        "UPDATE report SET state = ? WHERE report.id = ? AND report.organisation_id = ?",
        ("draft", 1, 7),
    ),
    (OWN, "DELETE FROM report WHERE report.organisation_id = ?", (7,)),
    (
        OWN,
        "INSERT INTO figure (item, organisation_id) VALUES (?, ?), (?, ?) RETURNING item",
        ("A", 7, "B", 7),
    ),
    (
        OWN,
        "INSERT INTO figure (item, organisation_id) VALUES (?, ?) ON CONFLICT "
        "(organisation_id, item) DO UPDATE SET value = excluded.value",
        ("A", 7),
    ),
    (OWN, "INSERT INTO throttle (key) VALUES (?)", ("x",)),
    (
        OWN,
        "SELECT report.id FROM report WHERE report.saved_by = '?' AND report.organisation_id = ?",
        (7,),
    ),
    (BELOW, f"SELECT report.id FROM report WHERE report.organisation_id {HELD}", PATHS),
    (
        BELOW,
        f"SELECT r.id FROM report AS r WHERE r.id = ? AND r.organisation_id {HELD}",
        (1, *PATHS),
    ),
    (DOOR, 'SELECT "user".id FROM "user" JOIN sign_in ON sign_in.user_id = "user".id', ()),
    (DOOR, 'UPDATE "user" SET name = ? WHERE "user".id = ?', ("x", 1)),
    (None, "SELECT organisation.id FROM organisation", ()),
    (None, "BEGIN IMMEDIATE", ()),
    (None, "SAVEPOINT sa_savepoint_1", ()),
    (None, "PRAGMA foreign_key_check", ()),
]

REFUSED = [
    (None, "SELECT report.id FROM report WHERE report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report", ()),
    (OWN, "SELECT report.id FROM REPORT", ()),
    (OWN, "SELECT report.id FROM [report]", ()),
    (OWN, "SELECT report.id FROM main.report WHERE report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = ?", (8,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = ?", ("7",)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = ?", (True,)),
    (OwnScope(1), "SELECT report.id FROM report WHERE report.organisation_id = ?", (True,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = 7", ()),
    (OWN, "SELECT report.id FROM report WHERE organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id >= ?", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id IN (?)", (7,)),
    (OWN, "SELECT report.id FROM report WHERE NOT report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report WHERE 1=1 OR 1=1 AND report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = ? OR report.id = ?", (7, 1)),
    (OWN, "SELECT report.id FROM report WHERE (report.organisation_id = ? OR 1) AND 1", (7,)),
    (OWN, "SELECT report.id FROM report WHERE 1 -- AND report.organisation_id = ?", ()),
    (OWN, "SELECT report.id FROM report /* WHERE report.organisation_id = ? */", ()),
    (OWN, "SELECT r.id FROM report AS r, report WHERE report.organisation_id = ?", (7,)),
    (OWN, "SELECT r.id FROM report AS r, figure AS report WHERE report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report, report WHERE report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report LEFT JOIN campaign ON report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM campaign RIGHT JOIN report ON report.organisation_id = ?", (7,)),
    (OWN, "SELECT report.id FROM report FULL JOIN campaign ON report.organisation_id = ?", (7,)),
    (
        OWN,
        "SELECT report.id FROM report JOIN figure ON 1 OR 1 AND figure.organisation_id = ? "
        "WHERE report.organisation_id = ?",
        (7, 7),
    ),
    (
        OWN,
        "SELECT report.id FROM report WHERE report.organisation_id = ? "
        "UNION SELECT report.id FROM report",
        (7,),
    ),
    (OWN, "SELECT (SELECT max(figure.value) FROM figure) FROM organisation", ()),
    (
        OWN,
        "SELECT organisation.id FROM organisation WHERE EXISTS (SELECT 1 FROM report "
        "WHERE report.organisation_id = organisation.id)",
        (),
    ),
    (OWN, "SELECT organisation.id FROM organisation ORDER BY (SELECT count(*) FROM report)", ()),
    (OWN, "SELECT organisation.id FROM organisation WHERE organisation.id IN report", ()),
    (OWN, "WITH report AS (SELECT 1 AS id) SELECT report.id FROM report", ()),
    (OWN, "WITH mine AS (SELECT report.id AS id FROM report) SELECT mine.id FROM mine", ()),
    (
        OWN,
        "SELECT report.id FROM report WHERE report.id IN "
        "(SELECT figure.report_id FROM figure) AND report.organisation_id = ?",
        (7,),
    ),
    (OWN, "SELECT name FROM sqlite_master", ()),
    (OWN, "SELECT * FROM pragma_table_info('report')", ()),
    (OWN, "SELECT 1; SELECT report.id FROM report", ()),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = ?1", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = :p0", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = @p0", (7,)),
    (OWN, "SELECT report.id FROM report WHERE report.organisation_id = $p0", (7,)),
    (OWN, "SELECT report.id FROM report WHERE", ()),
    (OWN, "ATTACH DATABASE 'x' AS y", ()),
    (OWN, "PRAGMA foreign_keys=OFF", ()),
    (OWN, "DROP TABLE report", ()),
    (OWN, "CREATE TABLE x AS SELECT * FROM report", ()),
    (OWN, "EXPLAIN SELECT report.id FROM report", ()),
    (OWN, "UPDATE report SET state = ? WHERE report.id = ?", ("draft", 1)),
    (OWN, "UPDATE report SET organisation_id = ? WHERE report.organisation_id = ?", (8, 7)),
    (OWN, "UPDATE report SET organisation_id = ? WHERE report.organisation_id = ?", (7, 7)),
    (
        OWN,
        "UPDATE report SET (state, organisation_id) = (?, ?) WHERE report.organisation_id = ?",
        ("x", 7, 7),
    ),
    (
        OWN,
        "UPDATE report SET state = figure.item FROM figure WHERE report.organisation_id = ?",
        (7,),
    ),
    (
        OWN,
        "UPDATE report SET state = (SELECT max(figure.item) FROM figure) "
        "WHERE report.organisation_id = ?",
        (7,),
    ),
    (OWN, "DELETE FROM report WHERE report.id = ?", (1,)),
    (OWN, "DELETE FROM report", ()),
    (OWN, "INSERT INTO figure (item, organisation_id) VALUES (?, ?)", ("A", 8)),
    (OWN, "INSERT INTO figure (item, organisation_id) VALUES (?, ?), (?, ?)", ("A", 7, "B", 8)),
    (OWN, "INSERT INTO figure (item) VALUES (?)", ("A",)),
    (OWN, "INSERT INTO figure VALUES (?, ?)", ("A", 7)),
    (OWN, "INSERT INTO figure DEFAULT VALUES", ()),
    (OWN, "INSERT INTO figure (item, organisation_id) VALUES (?, 7)", ("A",)),
    (
        OWN,
        "INSERT INTO figure (item, organisation_id) SELECT item, organisation_id FROM figure "
        "WHERE figure.organisation_id = ?",
        (7,),
    ),
    (
        OWN,
        "INSERT INTO figure (value, organisation_id) VALUES "
        "((SELECT max(report.id) FROM report), ?)",
        (7,),
    ),
    (OWN, "INSERT OR REPLACE INTO figure (item, organisation_id) VALUES (?, ?)", ("A", 7)),
    (OWN, "REPLACE INTO figure (item, organisation_id) VALUES (?, ?)", ("A", 7)),
    (
        OWN,
        "INSERT INTO figure (item, organisation_id) VALUES (?, ?) ON CONFLICT (item) "
        "DO UPDATE SET value = excluded.value",
        ("A", 7),
    ),
    (
        OWN,
        "INSERT INTO figure (item, organisation_id) VALUES (?, ?) ON CONFLICT "
        "(organisation_id, item) DO UPDATE SET organisation_id = excluded.organisation_id",
        ("A", 7),
    ),
    (BELOW, "SELECT report.id FROM report WHERE report.organisation_id = ?", (7,)),
    (BELOW, f"SELECT report.id FROM report WHERE report.organisation_id {HELD}", ("/", "0")),
    (BELOW, f"SELECT report.id FROM report WHERE report.organisation_id NOT {HELD}", PATHS),
    (BELOW, f"SELECT report.id FROM report WHERE report.id {HELD}", PATHS),
    (BELOW, f"SELECT report.id FROM report WHERE 1 OR report.organisation_id {HELD}", PATHS),
    (
        BELOW,
        "SELECT report.id FROM report WHERE report.organisation_id IN (SELECT organisation.id "
        "FROM organisation WHERE organisation.path >= ? OR organisation.path < ?)",
        PATHS,
    ),
    (
        BELOW,
        "SELECT report.id FROM report WHERE report.organisation_id IN (SELECT organisation.id "
        "FROM organisation WHERE organisation.path >= ?)",
        PATHS[:1],
    ),
    (
        BELOW,
        "SELECT report.id FROM report WHERE report.organisation_id IN (SELECT "
        "organisation.parent_id FROM organisation WHERE organisation.path >= ? "
        "AND organisation.path < ?)",
        PATHS,
    ),
    (BELOW, f"DELETE FROM report WHERE report.organisation_id {HELD}", PATHS),
    (BELOW, "UPDATE campaign SET name = ?", ("x",)),
    (DOOR, "SELECT report.id FROM report", ()),
    (DOOR, 'SELECT "user".id, (SELECT count(*) FROM report) FROM "user"', ()),
    (DOOR, 'UPDATE "user" SET organisation_id = ? WHERE "user".id = ?', (8, 1)),
]


@pytest.mark.parametrize(("scope", "statement", "row"), LET_BY)
def test_fenced_statement_is_accepted(scope, statement, row):
    judge(statement, [row], scope)


@pytest.mark.parametrize(("scope", "statement", "row"), REFUSED)
def test_unfenced_statement_is_reported(scope, statement, row):
    with pytest.raises(GateRefused):
        judge(statement, [row], scope)


def test_one_foreign_row_among_many_is_noticed():
    rows = [(1, 7), (2, 7), (3, 8)]

    with pytest.raises(GateRefused):
        judge("INSERT INTO figure (report_id, organisation_id) VALUES (?, ?)", rows, OWN)


def test_the_gate_watches_every_table_that_has_an_owner():
    with_owner = {name for name, table in KNOWN_TABLES.items() if "organisation_id" in table.c}

    assert with_owner == OWNED
    assert {"user", "sign_in", "report", "figure", "trail", "submission"} <= OWNED
