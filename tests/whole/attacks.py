"""Attacks on the fence: 鄂城's session tries to read or change what belongs to its neighbour 葛店.

Each attack is a function that takes a `Raid` and answers what it could read; whatever it changed
is looked for in the database. An attack that finds nothing may answer nothing; one that is
stopped raises. `ATTACKS` lists them by what they are called in the printed table.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import delete, exists, func, insert, literal, literal_column, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased, make_transient_to_detached, with_loader_criteria

from portal.access import tenancy
from portal.access.identity import sign_in_door
from portal.models import (
    Campaign,
    Explanation,
    Figure,
    Organisation,
    Report,
    SignIn,
    Submission,
    TrailEntry,
    User,
)
from portal.storage.db import db
from portal.storage.fence import FencedSession, OwnScope

MARK = "zxqnext"
"""The neighbour's canary; an attack that only learns yes or no answers it for a yes."""


@dataclass
class Raid:
    """Somebody at 鄂城 with a session of their own, and what they know of 葛店's rows."""

    session: FencedSession
    ours: Organisation
    next: Organisation
    our_report: int
    next_report: int
    now: datetime

    @property
    def on_postgresql(self) -> bool:
        """Whether the city lives on PostgreSQL, which has words of its own."""
        return self.session.get_bind().dialect.name == "postgresql"

    def upsert(self, model: type) -> Any:
        """An INSERT that can go on where the row is there already."""
        return (postgresql if self.on_postgresql else sqlite).insert(model)

    def new_report(self, organisation_id: int) -> Report:
        """A report that is not in the database yet."""
        return Report(**self.report_row(organisation_id))

    def report_row(self, organisation_id: int) -> dict[str, Any]:
        """The columns of a report for the campaign that nobody reports in yet."""
        return {
            "organisation_id": organisation_id,
            "campaign_id": 3,
            "edition_id": 1,
            "state": "draft",
            "came_from": "draft",
            "submissions": 0,
            "zero_report": False,
            "saved_at": self.now,
            "saved_by": "raider",
            "saved_by_id": 1,
            "decided_by": "",
            "on_behalf_by": "",
            "on_behalf_ground": "",
        }

    def stolen(self) -> Report:
        """葛店's report as an object that was loaded by a session of 葛店 and then let go."""
        with closing(FencedSession(db, scope=OwnScope(self.next.id, self.next.path))) as theirs:
            report = theirs.scalars(select(Report).where(Report.id == self.next_report)).one()
            theirs.expunge(report)
            return report


class Way(StrEnum):
    """By what way an attack goes, as docs/architecture.md names it."""

    ORM = "经 ORM 读"
    OBJECTS = "会话里的对象"
    ROUND = "文本、Core、驱动"
    SCOPES = "口径与门"
    WRITING = "写"


Attack = Callable[[Raid], Any]
ATTACKS: dict[str, Attack] = {}
WAYS: dict[str, Way] = {}


def attack(way: Way) -> Callable[[Attack], Attack]:
    """Put an attack on the list."""

    def put(function: Attack) -> Attack:
        name = function.__name__.strip("_").replace("_", " ")
        ATTACKS[name], WAYS[name] = function, way
        return function

    return put


# Reading through the ORM


@attack(Way.ORM)
def read_all_entities(raid):
    return raid.session.scalars(select(Report)).all()


@attack(Way.ORM)
def read_columns(raid):
    return raid.session.execute(select(Report.saved_by, Figure.value)).all()


@attack(Way.ORM)
def read_by_key(raid):
    return raid.session.scalars(select(Report).where(Report.id == raid.next_report)).all()


@attack(Way.ORM)
def get_by_key(raid):
    return raid.session.get(Report, raid.next_report)


@attack(Way.ORM)
def get_by_composite_key(raid):
    return raid.session.get(Figure, (raid.next_report, "G"))


@attack(Way.ORM)
def get_anew(raid):
    return raid.session.get(Report, raid.next_report, populate_existing=True)


@attack(Way.ORM)
def legacy_query(raid):
    return raid.session.query(Report).all()


@attack(Way.ORM)
def legacy_query_get(raid):
    return raid.session.query(Submission).filter_by(report_id=raid.next_report).first()


@attack(Way.ORM)
def count_rows(raid):
    found = raid.session.scalar(select(func.count()).select_from(Report))
    ours = raid.session.scalar(
        select(func.count()).select_from(Report).where(Report.organisation_id == raid.ours.id)
    )
    return MARK if found > ours else None


@attack(Way.ORM)
def largest_figure(raid):
    return raid.session.scalar(select(func.max(Figure.value)))


@attack(Way.ORM)
def aggregate_of_texts(raid):
    return raid.session.scalar(select(func.aggregate_strings(Explanation.words, ",")))


@attack(Way.ORM)
def alias(raid):
    other = aliased(Report)
    return raid.session.scalars(select(other)).all()


@attack(Way.ORM)
def self_join(raid):
    other = aliased(Report)
    mine = select(other).join(Report, Report.campaign_id == other.campaign_id)
    return raid.session.scalars(mine.where(Report.organisation_id == raid.ours.id)).all()


@attack(Way.ORM)
def join(raid):
    return raid.session.execute(
        select(Figure.value, Explanation.words).join(Explanation, literal(True))
    ).all()


@attack(Way.ORM)
def outer_join(raid):
    return raid.session.execute(
        select(Organisation.code, Figure.value).outerjoin(
            Figure, Figure.organisation_id == Organisation.id
        )
    ).all()


@attack(Way.ORM)
def cartesian_product(raid):
    return raid.session.execute(select(Campaign.code, Explanation.words)).all()


@attack(Way.ORM)
def common_table_expression(raid):
    found = select(Explanation.words).cte("found")
    return raid.session.execute(select(found.c.words)).all()


@attack(Way.ORM)
def recursive_cte(raid):
    tree = select(Explanation.words.label("words"), literal(1).label("depth")).cte(recursive=True)
    tree = tree.union_all(select(Explanation.words, tree.c.depth + 1).where(tree.c.depth < 2))
    return raid.session.execute(select(tree.c.words)).all()


@attack(Way.ORM)
def union(raid):
    first, second = select(Explanation.words), select(Report.saved_by)
    return raid.session.execute(first.union_all(second)).all()


@attack(Way.ORM)
def subquery(raid):
    inner = select(Explanation.words).subquery()
    return raid.session.execute(select(inner.c.words)).all()


@attack(Way.ORM)
def scalar_subquery(raid):
    inner = select(func.max(Explanation.words)).scalar_subquery()
    return raid.session.execute(select(Organisation.code, inner)).all()


@attack(Way.ORM)
def correlated_subquery(raid):
    inner = (
        select(func.max(Explanation.words))
        .where(Explanation.organisation_id == Organisation.id)
        .scalar_subquery()
    )
    return raid.session.execute(select(Organisation.id, inner)).all()


@attack(Way.ORM)
def exists_in_where(raid):
    there = exists().where(Report.organisation_id == Organisation.id)
    codes = raid.session.scalars(select(Organisation.code).where(there)).all()
    return MARK if raid.next.code in codes else None


@attack(Way.ORM)
def in_subquery(raid):
    inner = select(Report.organisation_id)
    codes = raid.session.scalars(select(Organisation.code).where(Organisation.id.in_(inner))).all()
    return MARK if raid.next.code in codes else None


@attack(Way.ORM)
def order_by_subquery(raid):
    inner = (
        select(func.max(Figure.value))
        .where(Figure.organisation_id == Organisation.id)
        .scalar_subquery()
    )
    ordered = select(Organisation.code).order_by(inner.desc().nulls_last(), Organisation.id.desc())
    blind = select(Organisation.code).order_by(
        (Organisation.id == raid.ours.id).desc(), Organisation.id.desc()
    )
    found, guessed = raid.session.scalars(ordered).all(), raid.session.scalars(blind).all()
    return MARK if found != guessed else None


@attack(Way.ORM)
def own_criteria_option(raid):
    everything = with_loader_criteria(Report, literal(True))
    return raid.session.scalars(select(Report).options(everything)).all()


@attack(Way.ORM)
def stream_of_rows(raid):
    found = raid.session.scalars(select(Report).execution_options(yield_per=1))
    return list(found)


# The identity map and what hangs on it


@attack(Way.OBJECTS)
def stolen_object_in_identity_map(raid):
    raid.session.add(raid.stolen())
    return raid.session.get(Report, raid.next_report)


@attack(Way.OBJECTS)
def refresh_stolen_object(raid):
    report = raid.stolen()
    raid.session.add(report)
    report.saved_by = ""
    raid.session.refresh(report)
    return report


@attack(Way.OBJECTS)
def reload_expired_object(raid):
    report = Report(id=raid.next_report, organisation_id=raid.next.id)
    make_transient_to_detached(report)
    raid.session.add(report)
    return report.saved_by


@attack(Way.OBJECTS)
def reload_forged_object(raid):
    report = Report(id=raid.next_report, organisation_id=raid.ours.id)
    make_transient_to_detached(report)
    raid.session.add(report)
    return report.saved_by


@attack(Way.OBJECTS)
def change_forged_object(raid):
    report = Report(id=raid.next_report, organisation_id=raid.ours.id)
    make_transient_to_detached(report)
    raid.session.add(report)
    report.saved_by = "raider"
    raid.session.commit()


@attack(Way.OBJECTS)
def delete_forged_object(raid):
    row = Explanation(
        report_id=raid.next_report, issue="year-on-year:A", organisation_id=raid.ours.id
    )
    make_transient_to_detached(row)
    raid.session.add(row)
    raid.session.delete(row)
    raid.session.commit()


@attack(Way.OBJECTS)
def merge_stolen_object(raid):
    report = raid.stolen()
    report.saved_by = "raider"
    raid.session.merge(report)
    raid.session.commit()


@attack(Way.OBJECTS)
def merge_without_loading(raid):
    merged = raid.session.merge(raid.stolen(), load=False)
    merged.saved_by = "raider"
    raid.session.commit()


@attack(Way.OBJECTS)
def change_stolen_object(raid):
    report = raid.stolen()
    raid.session.add(report)
    report.saved_by = "raider"
    raid.session.commit()


@attack(Way.OBJECTS)
def delete_stolen_object(raid):
    with closing(FencedSession(db, scope=OwnScope(raid.next.id, raid.next.path))) as theirs:
        row = theirs.scalars(select(Explanation)).first()
        theirs.expunge(row)
    raid.session.add(row)
    raid.session.delete(row)
    raid.session.commit()


# Text and Core: what goes round the ORM


@attack(Way.ROUND)
def text_statement(raid):
    return raid.session.execute(text("SELECT words FROM explanation")).all()


@attack(Way.ROUND)
def text_as_entities(raid):
    found = select(Report).from_statement(text("SELECT * FROM report"))
    return raid.session.scalars(found).all()


@attack(Way.ROUND)
def text_condition_with_or(raid):
    return raid.session.scalars(select(Report).where(text("1=1 or 1=1"))).all()


@attack(Way.ROUND)
def literal_condition_with_or(raid):
    return raid.session.scalars(select(Report).where(literal_column("1=1 or 1=1"))).all()


@attack(Way.ROUND)
def text_condition_with_comment(raid):
    return raid.session.scalars(select(Report.saved_by).where(text("1=1 --"))).all()


@attack(Way.ROUND)
def text_join_condition(raid):
    return raid.session.execute(
        select(Explanation.words).select_from(Organisation).join(Explanation, text("1=1 or 1=1"))
    ).all()


@attack(Way.ROUND)
def literal_column_subquery(raid):
    stolen = literal_column("(SELECT max(words) FROM explanation)")
    return raid.session.execute(select(Organisation.code, stolen)).all()


@attack(Way.ROUND)
def suffix_with_union(raid):
    return raid.session.execute(
        select(Report.saved_by).suffix_with("UNION ALL SELECT words FROM explanation")
    ).all()


@attack(Way.ROUND)
def order_by_text(raid):
    ordered = select(Organisation.code).order_by(
        text(
            "(SELECT max(value) FROM figure WHERE organisation_id = organisation.id) "
            "DESC NULLS LAST, organisation.id"
        )
    )
    blind = select(Organisation.code).order_by(
        (Organisation.id == raid.ours.id).desc(), Organisation.id
    )
    found, guessed = raid.session.scalars(ordered).all(), raid.session.scalars(blind).all()
    return MARK if found != guessed else None


@attack(Way.ROUND)
def core_table(raid):
    return raid.session.execute(select(Explanation.__table__)).all()


@attack(Way.ROUND)
def core_table_beside_entity(raid):
    return raid.session.execute(select(Organisation.code, Explanation.__table__.c.words)).all()


@attack(Way.ROUND)
def core_join_from_entity(raid):
    table = Explanation.__table__
    return raid.session.execute(
        select(Organisation.code, table.c.words).join(
            table, table.c.organisation_id == Organisation.id
        )
    ).all()


@attack(Way.ROUND)
def core_columns_of_entity(raid):
    table = Report.__table__
    return raid.session.execute(select(Report).with_only_columns(table.c.saved_by)).all()


@attack(Way.ROUND)
def entity_over_core_subquery(raid):
    other = aliased(Report, select(Report.__table__).subquery())
    return raid.session.scalars(select(other)).all()


@attack(Way.ROUND)
def core_exists_in_entity(raid):
    table = Report.__table__
    there = exists().where(table.c.organisation_id == Organisation.id)
    codes = raid.session.scalars(select(Organisation.code).where(there)).all()
    return MARK if raid.next.code in codes else None


@attack(Way.ROUND)
def engine_connect(raid):
    with db.engine.connect() as connection:
        return connection.execute(select(Explanation.__table__)).all()


@attack(Way.ROUND)
def engine_after_a_door(raid):
    with sign_in_door() as door:
        door.scalars(select(User)).all()
    with db.engine.connect() as connection:
        return [row for row in connection.execute(select(User.__table__)) if MARK in str(row)]


@attack(Way.ROUND)
def engine_after_a_neighbour(raid):
    raid.stolen()
    with db.engine.connect() as connection:
        return connection.execute(
            select(Explanation.__table__.c.words).where(
                Explanation.__table__.c.organisation_id == raid.next.id
            )
        ).all()


@attack(Way.ROUND)
def connection_of_the_session(raid):
    return raid.session.connection().execute(select(Explanation.__table__)).all()


@attack(Way.ROUND)
def driver_statement(raid):
    return raid.session.connection().exec_driver_sql("SELECT words FROM explanation").all()


@attack(Way.ROUND)
def driver_statement_with_its_own_owner(raid):
    mark = "%s" if raid.on_postgresql else "?"
    statement = f"SELECT words FROM explanation WHERE explanation.organisation_id = {mark}"
    return raid.session.connection().exec_driver_sql(statement, (raid.next.id,)).all()


@attack(Way.ROUND)
def driver_cursor(raid):
    cursor = raid.session.connection().connection.cursor()
    return cursor.execute("SELECT words, 1 FROM explanation").fetchall()


@attack(Way.ROUND)
def driver_cursor_of_the_pool(raid):
    with closing(db.engine.raw_connection()) as connection:
        return connection.cursor().execute("SELECT words, 2 FROM explanation").fetchall()


# Scopes: none, two, a subtree, a door


@attack(Way.SCOPES)
def session_without_scope(raid):
    with closing(FencedSession(db)) as session:
        return session.scalars(select(Report)).all()


@attack(Way.SCOPES)
def get_without_scope(raid):
    with closing(FencedSession(db)) as session:
        return session.get(Report, raid.next_report)


@attack(Way.SCOPES)
def identity_map_without_scope(raid):
    with closing(FencedSession(db)) as session:
        session.add(raid.stolen())
        return session.get(Report, raid.next_report)


@attack(Way.SCOPES)
def write_without_scope(raid):
    with closing(FencedSession(db)) as session:
        session.add(raid.new_report(raid.next.id))
        session.commit()


@attack(Way.SCOPES)
def spoofed_parameter(raid):
    return raid.session.scalars(select(Report), {"fence_organisation": raid.next.id}).all()


@attack(Way.SCOPES)
def spoofed_parameter_without_scope(raid):
    with closing(FencedSession(db)) as session:
        return session.scalars(select(Report), {"fence_organisation": raid.next.id}).all()


@attack(Way.SCOPES)
def spoofed_parameter_of_subtree(raid):
    with tenancy.subtree(raid.ours) as session:
        return session.scalars(select(Report), {"fence_from": "/", "fence_to": "0"}).all()


@attack(Way.SCOPES)
def thread_without_scope(raid):
    app, found = current_app._get_current_object(), []  # type: ignore[attr-defined]

    def read() -> None:
        with app.app_context():
            try:
                found.append(db.session.scalars(select(Report)).all())
            except Exception as error:
                found.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


@attack(Way.SCOPES)
def second_scope_for_a_session(raid):
    tenancy.enter(raid.ours)
    db.session.scalars(select(Report)).all()
    db.session(scope=OwnScope(raid.next.id, raid.next.path))
    return db.session.scalars(select(Report)).all()


@attack(Way.SCOPES)
def session_kept_over_a_second_entry(raid):
    tenancy.enter(raid.ours)
    kept = db.session()
    tenancy.enter(raid.next)
    db.session.scalars(select(Report)).all()
    return kept.get(Report, raid.next_report)


@attack(Way.SCOPES)
def pooled_connection_after_an_error(raid):
    theirs = FencedSession(db, scope=OwnScope(raid.next.id, raid.next.path))
    theirs.scalars(select(Report)).all()
    theirs.close()
    with closing(FencedSession(db)) as session:
        return session.scalars(select(Report)).all()


@attack(Way.SCOPES)
def sibling_through_a_subtree(raid):
    with tenancy.subtree(raid.ours) as session:
        return [
            session.scalars(select(Report)).all(),
            session.get(Report, raid.next_report),
            session.execute(select(Organisation.code, Explanation.words)).all(),
        ]


@attack(Way.SCOPES)
def core_table_through_a_subtree(raid):
    with tenancy.subtree(raid.ours) as session:
        return session.execute(select(Organisation.code, Explanation.__table__.c.words)).all()


@attack(Way.SCOPES)
def add_through_a_subtree(raid):
    with tenancy.subtree(raid.next) as session:
        session.add(raid.new_report(raid.next.id))
        session.commit()


@attack(Way.SCOPES)
def change_through_a_subtree(raid):
    with tenancy.subtree(raid.next) as session:
        session.scalars(select(Report)).first().saved_by = "raider"
        session.commit()


@attack(Way.SCOPES)
def update_through_a_subtree(raid):
    with tenancy.subtree(raid.next) as session:
        session.execute(update(Report).values(saved_by="raider"))
        session.commit()


@attack(Way.SCOPES)
def delete_through_a_subtree(raid):
    with tenancy.subtree(raid.next) as session:
        session.execute(delete(Explanation))
        session.commit()


@attack(Way.SCOPES)
def insert_through_a_subtree(raid):
    with tenancy.subtree(raid.next) as session:
        session.execute(insert(Report), [raid.report_row(raid.next.id)])
        session.commit()


@attack(Way.SCOPES)
def reports_through_the_sign_in_door(raid):
    with sign_in_door() as session:
        return session.scalars(select(Report)).all()


@attack(Way.SCOPES)
def join_through_the_sign_in_door(raid):
    with sign_in_door() as session:
        return session.execute(
            select(User.id, Explanation.words).join(
                Explanation, Explanation.organisation_id == User.organisation_id
            )
        ).all()


@attack(Way.SCOPES)
def subquery_through_the_sign_in_door(raid):
    inner = select(func.aggregate_strings(Explanation.words, ",")).scalar_subquery()
    with sign_in_door() as session:
        return session.execute(select(User.id, inner)).all()


@attack(Way.SCOPES)
def exists_through_the_sign_in_door(raid):
    there = exists().where(Report.organisation_id == User.organisation_id)
    with sign_in_door() as session:
        found = session.scalars(select(User.organisation_id).where(there)).all()
    return MARK if raid.next.id in found else None


@attack(Way.SCOPES)
def get_through_the_sign_in_door(raid):
    with sign_in_door() as session:
        return session.get(Report, raid.next_report)


@attack(Way.SCOPES)
def add_through_the_sign_in_door(raid):
    with sign_in_door() as session:
        session.add(raid.new_report(raid.next.id))
        session.commit()


@attack(Way.SCOPES)
def insert_through_the_opening_door(raid):
    with tenancy.opening() as session:
        session.execute(insert(Report), [raid.report_row(raid.next.id)])
        session.commit()


@attack(Way.SCOPES)
def users_through_the_opening_door(raid):
    with tenancy.opening() as session:
        return session.scalars(select(User)).all()


# Writing


@attack(Way.WRITING)
def add_foreign_row(raid):
    raid.session.add(raid.new_report(raid.next.id))
    raid.session.commit()


@attack(Way.WRITING)
def give_own_row_away(raid):
    raid.session.add(raid.new_report(raid.ours.id))
    raid.session.flush()
    report = raid.session.scalars(select(Report).where(Report.campaign_id == 3)).one()
    report.organisation_id = raid.next.id
    raid.session.commit()


@attack(Way.WRITING)
def give_own_rows_away_by_criteria(raid):
    raid.session.execute(
        update(User).where(User.username == "ours-admin").values(organisation_id=raid.next.id)
    )
    raid.session.commit()


@attack(Way.WRITING)
def update_by_criteria(raid):
    raid.session.execute(update(Report).values(saved_by="raider"))
    raid.session.commit()


@attack(Way.WRITING)
def update_by_foreign_key(raid):
    raid.session.execute(
        update(Report).where(Report.id == raid.next_report).values(saved_by="raider")
    )
    raid.session.commit()


@attack(Way.WRITING)
def update_with_returning(raid):
    found = raid.session.execute(
        update(Explanation).values(words=Explanation.words).returning(Explanation.words)
    ).all()
    raid.session.commit()
    return found


@attack(Way.WRITING)
def update_where_text_has_or(raid):
    raid.session.execute(
        update(Report)
        .where(text("1=1 or 1=1"))
        .values(saved_by="raider")
        .execution_options(synchronize_session=False)
    )
    raid.session.commit()


@attack(Way.WRITING)
def update_from_foreign_rows(raid):
    raid.session.execute(
        update(Report)
        .where(Report.id == raid.our_report, Explanation.report_id == raid.next_report)
        .values(saved_by=Explanation.words)
        .execution_options(synchronize_session=False)
    )
    raid.session.commit()
    return raid.session.scalars(select(Report.saved_by)).all()


@attack(Way.WRITING)
def update_from_foreign_subquery(raid):
    inner = select(func.max(Explanation.words)).scalar_subquery()
    raid.session.execute(
        update(Report)
        .where(Report.id == raid.our_report)
        .values(saved_by=inner)
        .execution_options(synchronize_session=False)
    )
    raid.session.commit()
    return raid.session.scalars(select(Report.saved_by)).all()


@attack(Way.WRITING)
def attribute_from_foreign_subquery(raid):
    report = raid.session.get_one(Report, raid.our_report)
    report.saved_by = select(func.max(Explanation.words)).scalar_subquery()
    raid.session.commit()
    return raid.session.scalars(select(Report.saved_by)).all()


@attack(Way.WRITING)
def new_row_from_foreign_subquery(raid):
    report = raid.new_report(raid.ours.id)
    report.saved_by = select(func.max(Explanation.words)).scalar_subquery()
    raid.session.add(report)
    raid.session.commit()
    return raid.session.scalars(select(Report.saved_by)).all()


@attack(Way.WRITING)
def delete_by_criteria(raid):
    raid.session.execute(delete(Explanation))
    raid.session.commit()


@attack(Way.WRITING)
def delete_where_foreign_exists(raid):
    raid.session.execute(
        delete(Explanation).where(text("1=1 or 1=1")).execution_options(synchronize_session=False)
    )
    raid.session.commit()


@attack(Way.WRITING)
def update_rows_by_their_keys(raid):
    raid.session.execute(
        update(Report),
        [{"id": raid.next_report, "organisation_id": raid.next.id, "saved_by": "raider"}],
    )
    raid.session.commit()


@attack(Way.WRITING)
def bulk_update_mappings(raid):
    row = {
        "report_id": raid.next_report,
        "issue": "year-on-year:A",
        "organisation_id": raid.next.id,
        "words": "raider",
    }
    raid.session.bulk_update_mappings(Explanation, [row])
    raid.session.commit()


@attack(Way.WRITING)
def bulk_insert_mappings(raid):
    raid.session.bulk_insert_mappings(Report, [raid.report_row(raid.next.id)])
    raid.session.commit()


@attack(Way.WRITING)
def bulk_save_objects(raid):
    raid.session.bulk_save_objects([raid.new_report(raid.next.id)])
    raid.session.commit()


@attack(Way.WRITING)
def insert_foreign_parameters(raid):
    raid.session.execute(insert(Report), [raid.report_row(raid.next.id)])
    raid.session.commit()


@attack(Way.WRITING)
def insert_foreign_among_own(raid):
    own, foreign = raid.report_row(raid.ours.id), raid.report_row(raid.next.id)
    raid.session.execute(insert(Report), [own, foreign])
    raid.session.commit()


@attack(Way.WRITING)
def insert_foreign_values(raid):
    raid.session.execute(insert(Report).values(**raid.report_row(raid.next.id)))
    raid.session.commit()


@attack(Way.WRITING)
def insert_foreign_value_beside_parameters(raid):
    row = raid.report_row(raid.ours.id)
    del row["organisation_id"]
    raid.session.execute(insert(Report).values(organisation_id=raid.next.id), [row])
    raid.session.commit()


@attack(Way.WRITING)
def insert_from_select(raid):
    columns = [
        "organisation_id",
        "report_id",
        "issue",
        "reason",
        "words",
        "numbers",
        "explained_at",
        "explained_by",
    ]
    chosen = select(
        Explanation.organisation_id,
        Explanation.report_id,
        literal("x"),
        literal("x"),
        literal("raider"),
        literal(""),
        Explanation.explained_at,
        literal("raider"),
    )
    raid.session.execute(insert(Explanation).from_select(columns, chosen))
    raid.session.commit()


@attack(Way.WRITING)
def upsert_over_foreign_row(raid):
    statement = raid.upsert(Explanation).on_conflict_do_update(
        index_elements=["report_id", "issue"], set_={"words": "raider"}
    )
    row = {
        "organisation_id": raid.ours.id,
        "report_id": raid.next_report,
        "issue": "year-on-year:A",
        "reason": "x",
        "words": "raider",
        "numbers": "",
        "explained_at": raid.now,
        "explained_by": "raider",
    }
    raid.session.execute(statement, [row])
    raid.session.commit()


@attack(Way.WRITING)
def replace_foreign_row(raid):
    row = {
        "organisation_id": raid.ours.id,
        "username": "next-reporter",
        "name": "raider",
        "phone": "",
        "roles": [],
        "password_hash": "",
        "must_change_password": False,
        "created_at": raid.now,
    }
    replacing = insert(User).prefix_with("OR REPLACE")
    if raid.on_postgresql:
        named = {"index_elements": ["username"], "set_": {"name": "raider"}}
        replacing = raid.upsert(User).on_conflict_do_update(**named)
    raid.session.execute(replacing, [row])
    raid.session.commit()


@attack(Way.WRITING)
def core_update_by_connection(raid):
    raid.session.connection().execute(update(Report.__table__).values(saved_by="raider"))
    raid.session.commit()


@attack(Way.WRITING)
def core_insert_by_connection(raid):
    raid.session.connection().execute(insert(Report.__table__), [raid.report_row(raid.next.id)])
    raid.session.commit()


@attack(Way.WRITING)
def driver_cursor_update(raid):
    cursor = raid.session.connection().connection.cursor()
    cursor.execute("UPDATE report SET saved_by = 'raider'")
    raid.session.commit()


@attack(Way.WRITING)
def own_row_under_foreign_report(raid):
    raid.session.add(
        Explanation(
            organisation_id=raid.ours.id,
            report_id=raid.next_report,
            issue="raider",
            reason="x",
            words="x",
            numbers="",
            explained_at=raid.now,
            explained_by="raider",
        )
    )
    raid.session.commit()
    return MARK


@attack(Way.WRITING)
def sign_in_as_foreign_user(raid):
    with sign_in_door() as door:
        foreign = door.scalars(select(User.id).where(User.username == "next-reporter")).one()
    raid.session.add(
        SignIn(
            token_hash="raider",
            organisation_id=raid.ours.id,
            user_id=foreign,
            started_at=raid.now,
            seen_at=raid.now,
            address="",
        )
    )
    raid.session.commit()
    return MARK


@attack(Way.WRITING)
def trail_of_the_neighbour(raid):
    return raid.session.scalars(
        select(TrailEntry.note).where(TrailEntry.report_id == raid.next_report)
    ).all()
