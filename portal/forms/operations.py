"""Operations on form editions. Each changes rows and writes the trail; the view commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.domain.drafting.difference import difference
from portal.domain.drafting.document import Document
from portal.domain.drafting.draft import checked, copied, one_line
from portal.domain.form.form import Form, FormError, parse_form
from portal.domain.report_state import NotAllowedNow
from portal.forms import queries
from portal.forms.queries import Opened, named
from portal.models import FormEdition, ItemConfirmation
from portal.models.form import add_edition, edition_of, rewrite
from portal.models.trail_actions import Action
from portal.register.city_trail import record_for_city
from portal.register.editions import (
    EDITION_NAME,
    import_edition,
    publish_edition,
    require_edition_name,
)
from portal.storage.db import hold

PUBLISHED = "这一版已经发布，不能再改。需要改动时请复制为新的版次。"
MAX_STATEMENT_LENGTH = 500


class Stale(NotAllowedNow):
    """Somebody else has changed the draft since the page was opened."""


_held = (
    select(FormEdition.id)
    .where(FormEdition.form == bindparam("of_form"), FormEdition.version == bindparam("of_version"))
    .with_for_update()
)


def held(session: Session, form: str, version: str) -> Opened | None:
    """The edition, locked for this writer until the end of the transaction."""
    hold(session, _held, {"of_form": form, "of_version": version})
    return queries.find(session, form, version)


def require_draft(here: Opened, revision: int) -> None:
    """Raise `NotAllowedNow` (409) for a published edition, `Stale` (409) for a changed draft."""
    if not here.is_draft:
        raise NotAllowedNow(PUBLISHED)
    if here.edition.revision != revision:
        raise Stale("这一版刚刚有人改过，您的改动没有保存。请核对下面的现状，需要时再保存一次。")


def keep(session: Session, here: Opened, document: Document, *, by: Actor, at: datetime) -> bool:
    """Write a changed document into a draft; returns whether it differs from the stored one.

    The confirmation of a reconstructed item lapses when the item changes.
    """
    told = difference(here.document, document).sentences
    if document == here.document:
        return False
    rewrite(session, here.edition, document)
    note = f"{here.name}：{'；'.join(told) or '数据重新整理'}"
    record_for_city(session, Action.FORM_CHANGED, note, by=by, at=at)
    return True


def copy(
    session: Session,
    here: Opened,
    version: str,
    title: str,
    *,
    from_last_year: bool,
    by: Actor,
    at: datetime,
) -> FormEdition:
    """Create a draft with everything of an edition, its confirmations too.

    The caller checks `version` by `require_new_version` first.
    """
    require_new_version(session, here.edition.form, version)
    document = copied(here.document, version, title, from_last_year=from_last_year)
    draft = add_edition(session, document, at=at)
    for code, one in here.confirmations.items():
        session.add(
            ItemConfirmation(
                edition_id=draft.id,
                code=code,
                confirmed_by=one.confirmed_by,
                confirmed_at=one.confirmed_at,
                statement=one.statement,
            )
        )
    session.flush()
    note = f"{named(draft)}：复制自 {here.name}"
    record_for_city(session, Action.FORM_COPIED, note, by=by, at=at)
    return draft


def require_new_version(session: Session, form: str, version: str) -> None:
    """Raise `FormError` (422) unless `version` can name another edition of the form."""
    if not EDITION_NAME.fullmatch(version) or len(version) > 32:
        raise FormError(["版次应为不超过 32 位的字母、数字或 . _ -，例如 2028.1"])
    if edition_of(session, form, version):
        raise FormError([f"版次 {version} 已经有了，请换一个"])


def remove(session: Session, here: Opened, *, by: Actor, at: datetime) -> None:
    """Delete a draft; raises `NotAllowedNow` (409) where a campaign uses it."""
    if here.campaigns:
        names = "、".join(campaign.name for campaign in here.campaigns)
        raise NotAllowedNow(f"填报任务“{names}”使用这一版，不能删除。")
    session.execute(delete(ItemConfirmation).where(ItemConfirmation.edition_id == here.edition.id))
    session.delete(here.edition)
    session.flush()
    record_for_city(session, Action.FORM_REMOVED, here.name, by=by, at=at)


def publish(session: Session, here: Opened, *, by: Actor, at: datetime) -> None:
    """Publish a draft; raises `FormError` with the errors that still stop it."""
    if errors := queries.open_points(session, here).errors:
        raise FormError(list(errors))
    publish_edition(session, here.edition, by=by, at=at)


def bring_in(
    session: Session, document: Document, revision: int, *, by: Actor, at: datetime
) -> FormEdition:
    """Save an imported document as a draft, or as the new content of the draft that was seen.

    `revision` is that of the draft which the preview compared, 0 where there was none. Raises
    `FormError` (422) for an unusable document, `NotAllowedNow` (409) where the edition of this
    version is published, `Stale` (409) where the draft changed since the preview or is gone.
    """
    form = parse_form(checked(document))
    require_name(form)
    here = held(session, form.id, form.version)
    if here is None:
        require_draft_absent(revision)
        return import_edition(session, document, by=by, at=at)
    if here.document == document:
        return here.edition
    require_draft(here, revision)
    keep(session, here, document, by=by, at=at)
    return here.edition


def require_name(form: Form) -> None:
    """Raise `FormError` (422) unless the form's id and version can name an edition."""
    try:
        require_edition_name(form.id, form.version)
    except ValueError as error:
        raise FormError([str(error).removesuffix("。")]) from error


def require_draft_absent(revision: int) -> None:
    """Raise `Stale` (409) where the draft that the preview compared has been deleted."""
    if revision:
        raise Stale("要替换的草稿已经不在了，没有导入。请重新选择文件。")


def confirm(
    session: Session,
    here: Opened,
    codes: Collection[str],
    statement: str,
    *,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Confirm reconstructed items, in a draft or in a published edition; returns the new ones.

    Raises `FormError` (422) where no item or no ground was given.
    """
    statement = one_line(statement)
    problems = []
    if not codes:
        problems.append("请勾选要确认的指标")
    if not statement:
        problems.append("请写明依据，例如“与省总正式附件核对一致”")
    if len(statement) > MAX_STATEMENT_LENGTH:
        problems.append(f"依据请压缩到 {MAX_STATEMENT_LENGTH} 字以内")
    if problems:
        raise FormError(problems)
    new = [code for code in here.unconfirmed if code in codes]
    for code in new:
        session.add(
            ItemConfirmation(
                edition_id=here.edition.id,
                code=code,
                confirmed_by=by.name,
                confirmed_at=at,
                statement=statement,
            )
        )
    session.flush()
    if new:
        note = f"{here.name}：{'、'.join(new)}，依据：{statement}"
        record_for_city(session, Action.ITEMS_CONFIRMED, note, by=by, at=at)
    return new
