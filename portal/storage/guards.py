"""Guards: triggers and policies by which the database itself refuses writes and hides rows.

Triggers make the trail, submissions, notes, frozen consolidations and published editions
immutable, freeze submitted reports, and keep a row's organisation fixed. On PostgreSQL, row-level
security is a second wall behind the fence: the serving role sees only the rows of the organisation
whose path its transaction has set, or those behind a declared door.
"""

from sqlalchemy import Connection, Table

from portal.models import Base, TenantOwned

APPEND_ONLY = (
    "trail",
    "submission",
    "item_note",
    "consolidation_edition",
    "upward_report",
    "difference_acknowledgement",
    "draft_print",
    "signed_page",
    "on_behalf_item",
    "clarification",
    "clarification_review",
)
"""Tables whose rows are never updated and never deleted."""

DOORS = {
    "sign_in": ("user", "sign_in", "sign_in_link", "trail", "trail_head"),
    "people": ("user", "sign_in", "sign_in_link", "trail", "trail_head"),
    "opening": ("expectation", "delivery", "trail", "trail_head"),
    "last_year": ("last_year_figure", "trail", "trail_head"),
}
"""The tables behind each door that writes; `verifying` reads all tables."""

READING_DOORS = {"former_names": ("expectation",)}
"""The tables behind each other door, which only reads."""

APPENDED = "is append-only"
IMMUTABLE = "a published edition is immutable"
FROZEN = "a submitted report is frozen"
KEPT = "a row stays with its organisation"
FROZEN_STATES = "('submitted', 'accepted')"


def tenant_tables() -> list[Table]:
    """Every table with an `organisation_id`."""
    mappers = (m for m in Base.registry.mappers if issubclass(m.class_, TenantOwned))
    tables = (m.local_table for m in mappers)
    return sorted((t for t in tables if isinstance(t, Table)), key=lambda table: table.name)


def drop(connection: Connection) -> None:
    """Drop every guard, so that a migration can rebuild tables."""
    if connection.dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.exec_driver_sql(names).fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return
    for table, name in connection.exec_driver_sql(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    ).fetchall():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON "{table}"')
    for table, name in connection.exec_driver_sql(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()"
    ).fetchall():
        connection.exec_driver_sql(f'DROP POLICY "{name}" ON "{table}"')
    # row-level security without policies would hide every row from the owner too
    for (table,) in connection.exec_driver_sql(
        "SELECT relname FROM pg_class "
        "WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"
    ).fetchall():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def create(connection: Connection, role: str | None = None) -> None:
    """Create every guard; on PostgreSQL also grant `role` the rights that pages need."""
    if connection.dialect.name == "sqlite":
        for statement in sqlite_triggers().values():
            connection.exec_driver_sql(statement)
        return
    walls = [wall for table in tenant_tables() for wall in _walls(table)]
    guards = [*postgresql_triggers().values(), *walls, *policies().values()]
    for statement in [*_functions(), *guards, *_grants(role)]:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def sqlite_triggers() -> dict[str, str]:
    """The names and statements of SQLite's triggers."""
    made = {}
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            made[f"{table}_no_{verb.lower()}"] = _sqlite(table, verb, "", f"{table} {APPENDED}")
    for verb in ("UPDATE", "DELETE"):
        when = "WHEN OLD.published_at IS NOT NULL "
        made[f"form_edition_no_{verb.lower()}"] = _sqlite("form_edition", verb, when, IMMUTABLE)
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        state = f"SELECT state FROM report WHERE id = {row}.report_id"
        when = f"WHEN ({state}) IN {FROZEN_STATES} "
        made[f"figure_no_{verb.lower()}"] = _sqlite("figure", verb, when, FROZEN)
    for owned in tenant_tables():
        made[f"{owned.name}_stays"] = (
            f'CREATE TRIGGER {owned.name}_stays BEFORE UPDATE OF organisation_id ON "{owned.name}" '
            "WHEN NEW.organisation_id <> OLD.organisation_id "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )
    return made


def _sqlite(table: str, verb: str, when: str, sentence: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _functions() -> list[str]:
    return [
        _function("refuse_change", f"RAISE EXCEPTION '% {APPENDED}', TG_TABLE_NAME;"),
        _function("refuse_passing_on", f"RAISE EXCEPTION '{KEPT}';"),
        _function(
            "refuse_published",
            f"IF OLD.published_at IS NOT NULL THEN RAISE EXCEPTION '{IMMUTABLE}'; END IF; "
            "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;",
        ),
        _function(
            "refuse_frozen",
            "IF (SELECT state FROM report WHERE id = CASE TG_OP WHEN 'DELETE' "
            f"THEN OLD.report_id ELSE NEW.report_id END) IN {FROZEN_STATES} "
            f"THEN RAISE EXCEPTION '{FROZEN}'; END IF; "
            "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;",
        ),
    ]


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN {body} END$$"
    )


def postgresql_triggers() -> dict[str, str]:
    """The names and statements of PostgreSQL's triggers."""
    guarded = [(table, "refuse_change", "UPDATE OR DELETE") for table in APPEND_ONLY]
    guarded.append(("form_edition", "refuse_published", "UPDATE OR DELETE"))
    guarded.append(("figure", "refuse_frozen", "INSERT OR UPDATE OR DELETE"))
    made = {
        f"{table}_guard": f"CREATE TRIGGER {table}_guard BEFORE {verbs} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        for table, function, verbs in guarded
    }
    for table in tenant_tables():
        made[f"{table.name}_stays"] = (
            f'CREATE TRIGGER {table.name}_stays BEFORE UPDATE OF organisation_id ON "{table.name}" '
            "FOR EACH ROW WHEN (NEW.organisation_id <> OLD.organisation_id) "
            "EXECUTE FUNCTION refuse_passing_on()"
        )
    return made


HELD = (
    "organisation_id IN (SELECT id FROM organisation "
    "WHERE path >= current_setting('portal.low', true) "
    "AND path < current_setting('portal.high', true))"
)
"""A criterion: the organisation's path lies in the range that the transaction has set."""


def _walls(table: Table) -> list[str]:
    name = f'ALTER TABLE "{table.name}"'
    return [f"{name} ENABLE ROW LEVEL SECURITY", f"{name} FORCE ROW LEVEL SECURITY"]


def policies() -> dict[tuple[str, str], str]:
    """The statements of all row policies by table and name."""
    made = {}
    for table in tenant_tables():
        named = {
            "fence": f"USING ({HELD}) WITH CHECK ({HELD})",
            "verifying": f"FOR SELECT USING ({_door('verifying')})",
        }
        for door, tables in DOORS.items():
            if table.name in tables:
                named[door] = f"USING ({_door(door)}) WITH CHECK ({_door(door)})"
        for door, tables in READING_DOORS.items():
            if table.name in tables:
                named[door] = f"FOR SELECT USING ({_door(door)})"
        for name, rule in named.items():
            made[table.name, name] = f'CREATE POLICY {name} ON "{table.name}" {rule}'
    return made


def _door(name: str) -> str:
    return f"current_setting('portal.door', true) = '{name}'"


def _grants(role: str | None) -> list[str]:
    if role is None:
        return []
    made = [f'GRANT USAGE ON SCHEMA public TO "{role}"']
    for table in Base.metadata.sorted_tables:
        verbs = "SELECT, INSERT" if table.name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        made.append(f'GRANT {verbs} ON "{table.name}" TO "{role}"')
    made.append(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    made.append(f'GRANT SELECT ON alembic_version TO "{role}"')
    return made
