"""The demonstration: a made-up city, loaded into an empty database, whole or not at all."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from portal.access import passwords, tenancy
from portal.access.actor import Actor
from portal.access.identity import SIGN_IN
from portal.access.tenancy import OPENING
from portal.demo.campaigns import PAST, PRESENT, load_past, load_present
from portal.demo.city import PEOPLE, UNITS
from portal.demo.figures import edition
from portal.demo.stage import Stage
from portal.domain.campaign.calendar import ZONE
from portal.domain.passwords import MAX_LENGTH
from portal.models import Campaign, FormEdition, Organisation, TrailEntry, User
from portal.models.organisation import root_organisation
from portal.models.trail_actions import EntryChannel
from portal.models.user import ROLE_LABELS
from portal.register.people import add_user, give_password
from portal.register.units import found_organisations
from portal.settings import write_private
from portal.storage.db import writing

BY = Actor("演示数据", channel=EntryChannel.COMMAND)
"""The actor in the trail of the demonstration, by which it is told from a real city."""

FOUNDED = datetime(2021, 12, 20, 10, 0, tzinfo=ZONE)


def load(instance: Path, password: str | None, *, keep: bool, at: datetime) -> bool:
    """Load the demonstration into an empty database; keep it where it is loaded already.

    A given `password` is set for all its accounts. With `keep` nothing changes unless the database
    is empty. Returns whether the demonstration is loaded; raises `ValueError` when the database
    holds anything else.
    """
    if password is not None and not 0 < len(password) <= MAX_LENGTH:
        raise ValueError(f"密码应为 1 至 {MAX_LENGTH} 个字符。")
    with tenancy.opening() as session, writing(session):
        stage = Stage(session.connection())
        if _is_empty(stage):
            _load(stage, instance, password or passwords.one_time_password(), at)
        elif keep:
            return _is_demonstration(stage)
        else:
            _refuse_anything_else(stage)
            if password:
                _set_passwords(stage, instance, password, at)
        session.commit()
    return True


def _is_empty(stage: Stage) -> bool:
    with stage.session(OPENING) as session:
        kept = (select(model.id).limit(1) for model in (Organisation, FormEdition, Campaign))
        return all(session.scalar(one) is None for one in kept)


def _is_demonstration(stage: Stage) -> bool:
    with stage.session(OPENING) as session:
        city = root_organisation(session)
        founder = city and session.scalar(
            select(TrailEntry.actor).where(
                TrailEntry.organisation_id == city.id, TrailEntry.number == 1
            )
        )
    return founder == BY.name


def _refuse_anything_else(stage: Stage) -> None:
    if not _is_demonstration(stage):
        raise ValueError("库里已经有别的内容，没有装入演示数据。")
    if others := list(_others(stage)):
        raise ValueError(f"库里除演示城市外还有{'、'.join(others)}，没有改动。")


def _others(stage: Stage) -> Iterator[str]:
    editions = {(each["id"], each["version"]) for each in map(edition, ("2022.1", "2027.1"))}
    with stage.session(SIGN_IN) as session:
        for code in session.scalars(select(Organisation.code)):
            if code not in {unit.code for unit in UNITS}:
                yield f"单位 {code}"
        for code in session.scalars(select(Campaign.code)):
            if code not in (PAST, PRESENT):
                yield f"填报任务 {code}"
        for row in session.execute(select(FormEdition.form, FormEdition.version)):
            if (row.form, row.version) not in editions:
                yield f"表样 {row.form}@{row.version}"
        for username in session.scalars(select(User.username)):
            if username not in {person[0] for person in PEOPLE}:
                yield f"用户 {username}"


def _load(stage: Stage, instance: Path, password: str, at: datetime) -> None:
    password_hash = passwords.hash_password(password)
    with stage.session(OPENING) as session:
        found_organisations(session, UNITS, by=BY, at=FOUNDED)
    with stage.session(SIGN_IN) as session:
        units = {unit.code: unit for unit in session.scalars(select(Organisation))}
        for username, name, code, roles in PEOPLE:
            user = add_user(
                session,
                units[code],
                username=username,
                name=name,
                roles=roles,
                password_hash=password_hash,
                must_change_password=False,
                by=BY,
                at=FOUNDED,
            )
            stage.enter(user, units[code], FOUNDED)
    load_past(stage, BY)
    load_present(stage, BY, at)
    _keep_password(instance, password)


def _set_passwords(stage: Stage, instance: Path, password: str, at: datetime) -> None:
    with stage.session(SIGN_IN) as session:
        users = session.scalars(select(User)).all()
        hashes = {user.password_hash for user in users}
        right = {each for each in hashes if passwords.matches(each, password)}
        new = passwords.hash_password(password)
        for user in users:
            if user.password_hash not in right:
                give_password(session, user, new, must_change_password=False, by=BY, at=at)
    _keep_password(instance, password)


def _keep_password(instance: Path, password: str) -> None:
    write_private(_password_file(instance), password)


def _password_file(instance: Path) -> Path:
    return instance / "demo-password"


def kept_password(instance: Path) -> str | None:
    """The password of the demonstration's accounts; None when no file holds it."""
    file = _password_file(instance)
    return file.read_text(encoding="utf-8").removesuffix("\n") if file.exists() else None


def accounts() -> list[tuple[str, str, str, str]]:
    """Username, name, organisation and duties of each account, as people read them."""
    names = {unit.code: unit.name for unit in UNITS}
    return [
        (username, name, names[code], "、".join(ROLE_LABELS[role] for role in roles))
        for username, name, code, roles in PEOPLE
    ]
