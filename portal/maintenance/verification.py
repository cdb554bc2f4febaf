"""Verification: all checks of the stored data, one outcome for each.

Chains, figures and submissions are read in one transaction, so a system in use is checked at one
moment.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.consolidation.kept_edition import read_document
from portal.domain.consolidation.placement import add_up
from portal.domain.figures import canonical
from portal.domain.form.form import Form, FormError
from portal.domain.form.formulas import Figures, with_totals
from portal.domain.report.submission import (
    canonical_bytes,
    figures_of,
    fingerprint,
    includes_passed_down,
)
from portal.domain.report_state import Move, NotAllowedNow, State, after
from portal.maintenance.database_checks import Outcome, engine_outcomes
from portal.models import (
    Campaign,
    ConsolidationEdition,
    DraftPrint,
    Expectation,
    Figure,
    FormEdition,
    LastYearFigure,
    Organisation,
    Report,
    SignedPage,
    Submission,
    TrailEntry,
    TrailHead,
)
from portal.models.form import fingerprint_of, parsed_form
from portal.models.organisation import path_below
from portal.models.trail import BEGINNING, CHAINED, entry_hash
from portal.models.trail_actions import MOVES, Action

BATCH_ROWS = 1000
"""Rows in memory while a long table is read."""


def verify(session: Session, owner_url: str) -> Iterator[Outcome]:
    """Run every check; the session comes from `tenancy.verifying`."""
    yield from engine_outcomes(owner_url)
    _stand_still(session)
    for check in _CHECKS:
        yield check(session)


def _stand_still(session: Session) -> None:
    """Use REPEATABLE READ on PostgreSQL; a SQLite transaction always reads a snapshot."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _tree(session: Session) -> Outcome:
    units = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    paths = {unit.id: unit.path for unit in units}
    faults = [
        f"{unit.code} 的路径与上级不符"
        for unit in units
        if unit.path != path_below(paths.get(unit.parent_id or 0, "/"), unit.id)
    ]
    if units and sum(unit.parent_id is None for unit in units) != 1:
        faults.append("最上级单位不是一个")
    return Outcome("单位", f"{len(units)} 个", tuple(faults))


def _expectations(session: Session) -> Outcome:
    rows = session.execute(
        select(
            Expectation.campaign_id,
            Expectation.organisation_id,
            Expectation.parent_id,
            Expectation.path,
            Expectation.code,
        )
    ).all()
    paths = {(row.campaign_id, row.organisation_id): row.path for row in rows}
    faults = tuple(
        f"{row.code} 在第 {row.campaign_id} 号任务中的路径与上级不符"
        for row in rows
        if row.path
        != path_below(paths.get((row.campaign_id, row.parent_id), "/"), row.organisation_id)
    )
    return Outcome("各任务的单位名单", f"{len(rows)} 条", faults)


def _editions(session: Session) -> Outcome:
    editions = session.scalars(select(FormEdition).order_by(FormEdition.id)).all()
    faults = []
    for edition in editions:
        if fingerprint_of(edition.document) != edition.sha256:
            faults.append(f"{edition.form}@{edition.version} 的内容与校验码不符")
        elif _form(edition.sha256, edition.document) is None:
            faults.append(f"{edition.form}@{edition.version} 不是可用的表样")
    return Outcome("表样", f"{len(editions)} 个版次", tuple(faults))


def _form(sha256: str, document: str) -> Form | None:
    try:
        return parsed_form(sha256, document, "{}")
    except (FormError, ValueError):
        return None


def _chains(session: Session) -> Outcome:
    heads = {
        head.organisation_id: (head.number, head.hash)
        for head in session.scalars(select(TrailHead))
    }
    codes = _codes(session)
    entries = session.execute(
        select(*(getattr(TrailEntry, name) for name in CHAINED), TrailEntry.hash)
        .order_by(TrailEntry.organisation_id, TrailEntry.number)
        .execution_options(yield_per=BATCH_ROWS)
    ).mappings()
    faults, count, seen = [], 0, set()
    for organisation_id, chain in groupby(entries, key=lambda entry: entry["organisation_id"]):
        number, newest = 0, BEGINNING
        for entry in chain:
            if fault := _broken_link(entry, number, newest):
                faults.append(f"{codes.get(organisation_id)} 第 {entry['number']} 条{fault}")
            number, newest = entry["number"], entry["hash"]
            count += 1
        seen.add(organisation_id)
        if heads.get(organisation_id) != (number, newest):
            faults.append(f"{codes.get(organisation_id)} 的末条与链头不符")
    faults += [f"{codes.get(lost)} 的记录不见了" for lost in heads.keys() - seen]
    return Outcome("操作日志", f"{len(seen)} 条链 {count:,} 条记录", tuple(faults))


def _broken_link(entry: Any, number: int, newest: str) -> str | None:
    if entry["number"] != number + 1:
        return "之前有缺号"
    if entry["previous"] != newest:
        return "与上一条不相接"
    return None if entry_hash(dict(entry)) == entry["hash"] else "的内容与校验码不符"


def _codes(session: Session) -> dict[int, str]:
    rows = session.execute(select(Organisation.id, Organisation.code))
    return {row.id: row.code for row in rows}


def _forms(session: Session) -> dict[int, Form]:
    """The form of each report by the report's id; `_editions` reports unusable editions."""
    forms = {
        edition.id: _form(edition.sha256, edition.document)
        for edition in session.scalars(select(FormEdition))
    }
    rows = session.execute(select(Report.id, Report.edition_id))
    return {row.id: form for row in rows if (form := forms.get(row.edition_id))}


def _forms_of_campaigns(session: Session) -> dict[int, Form | None]:
    """The form of each campaign by the campaign's id."""
    forms = {
        edition.id: _form(edition.sha256, edition.document)
        for edition in session.scalars(select(FormEdition))
    }
    return {one.id: forms.get(one.edition_id) for one in session.scalars(select(Campaign))}


def _figures(session: Session) -> Outcome:
    """Check that replaying each figure's trail entries gives the stored figure."""
    forms = _forms(session)
    kept = {}
    for row in session.execute(select(Figure.report_id, Figure.item, Figure.value, Figure.version)):
        kept[row.report_id, row.item] = _kept(forms.get(row.report_id), row)
    faults = _not_as_written(
        session, kept, (TrailEntry.report_id,), lambda report, item: f"第 {report} 号报表 {item}"
    )
    return Outcome("数", f"{len(kept):,} 个", tuple(faults))


def _last_year(session: Session) -> Outcome:
    """The same for last year's figures that came from an old workbook."""
    forms, codes = _forms_of_campaigns(session), _codes(session)
    kept = {}
    for row in session.scalars(select(LastYearFigure)):
        at = row.campaign_id, row.organisation_id, row.item
        kept[at] = _kept(forms.get(row.campaign_id), row)
    faults = _not_as_written(
        session,
        kept,
        (TrailEntry.campaign_id, TrailEntry.organisation_id),
        lambda campaign, unit, item: f"第 {campaign} 号任务 {codes.get(unit)} 的上年数 {item}",
        TrailEntry.action.in_((Action.LAST_YEAR_ENTERED, Action.LAST_YEAR_CORRECTED)),
    )
    return Outcome("上年数", f"{len(kept):,} 个", tuple(faults))


NEVER_WRITTEN = 0, ""
"""The version and text of what no entry of the trail speaks of: an item that was always blank."""


def _kept(form: Form | None, row: Any) -> tuple[int, str] | None:
    item = form.by_code.get(row.item) if form else None
    return (row.version, canonical(row.value, item.unit)) if item else None


def _not_as_written(
    session: Session,
    kept: Mapping[Any, tuple[int, str] | None],
    whose: tuple[Any, ...],
    called: Callable[..., str],
    *conditions: Any,
) -> Iterator[str]:
    """What of `kept` is other than its entries in the trail, by the columns `whose` and item."""
    at = (*whose, TrailEntry.item)
    written = session.execute(
        select(*at, TrailEntry.version, TrailEntry.old, TrailEntry.new)
        .where(TrailEntry.version.is_not(None), *(one.is_not(None) for one in whose), *conditions)
        .order_by(*at, TrailEntry.number)
        .execution_options(yield_per=BATCH_ROWS)
    )
    played: dict[tuple[Any, ...], tuple[int, str]] = {}
    key: tuple[Any, ...]
    for key, entries in groupby(written, key=lambda entry: tuple(entry)[: len(at)]):
        version, text = NEVER_WRITTEN
        for entry in entries:
            if (entry.version, entry.old) != (version + 1, text):
                yield f"{called(*key)} 的修改记录不相接"
            version, text = entry.version or 0, entry.new or ""
        played[key] = (version, text)
    for key, stored in kept.items():
        if played.pop(key, NEVER_WRITTEN) != stored:
            yield f"{called(*key)} 与修改记录不符"
    for key in played:
        yield f"{called(*key)} 有修改记录而没有数"


def _submissions(session: Session) -> Outcome:
    """Check each submission against its sha256, and its sums."""
    forms = _forms(session)
    rows = session.execute(
        select(
            Submission.report_id,
            Submission.number,
            Submission.document,
            Submission.sha256,
        )
        .order_by(Submission.report_id, Submission.number)
        .execution_options(yield_per=BATCH_ROWS)
    )
    faults, count = [], 0
    for row in rows:
        count += 1
        if fault := _altered(row.document, row.sha256, row.number, forms.get(row.report_id)):
            faults.append(f"第 {row.report_id} 号报表第 {row.number} 次报送{fault}")
    return Outcome("报送存档", f"{count:,} 份", tuple(faults))


def _frozen_sums(session: Session) -> Outcome:
    """Check each frozen consolidation against its sha256 and the sum of its submissions."""
    campaigns = _forms_of_campaigns(session)
    faults, count = [], 0
    for row in session.scalars(
        select(ConsolidationEdition)
        .order_by(ConsolidationEdition.id)
        .execution_options(yield_per=1)
    ):
        count += 1
        if fault := _ill_frozen(session, row, campaigns.get(row.campaign_id)):
            faults.append(f"第 {row.id} 号汇总版（第 {row.number} 版）{fault}")
    return Outcome("汇总版", f"{count:,} 版", tuple(faults))


def _ill_frozen(session: Session, row: ConsolidationEdition, form: Form | None) -> str | None:
    text = row.document.encode()
    if fingerprint(text) != row.sha256:
        return "的内容与校验码不符"
    said = json.loads(text)
    if canonical_bytes(said) != text or said["number"] != row.number or form is None:
        return "不是原样存档"
    frozen = read_document(form, said)
    if (
        frozen.sources.counted != row.counted
        or add_up(form, frozen.figures.values()) != frozen.total
    ):
        return "的合计不符"
    kept = _kept_figures(session, [source.sha256 for source in frozen.sources.included])
    leaves = {leaf.code for leaf in form.leaves}
    for source in frozen.sources.included:
        submitted = kept.get(source.sha256, {})
        if {code: submitted.get(code) for code in leaves} != dict(frozen.figures[source.code]):
            return f"与{source.name}的报送存档不符"
    return None


def _kept_figures(session: Session, fingerprints: Sequence[str]) -> dict[str, Figures]:
    kept: dict[str, Figures] = {}
    for start in range(0, len(fingerprints), BATCH_ROWS):
        some = fingerprints[start : start + BATCH_ROWS]
        rows = session.execute(
            select(Submission.sha256, Submission.document).where(Submission.sha256.in_(some))
        )
        kept |= {row.sha256: figures_of(json.loads(row.document)) for row in rows}
    return kept


def _altered(text: str, sha256: str, number: int, form: Form | None) -> str | None:
    if fingerprint(text.encode()) != sha256:
        return "的内容与校验码不符"
    document = json.loads(text)
    if canonical_bytes(document) != text.encode() or document["number"] != number:
        return "不是原样存档"
    figures = figures_of(document)
    return None if form and with_totals(form, figures) == figures else "的合计不符"


def _paper(session: Session) -> Outcome:
    """Check each draft print and each page of a signed copy against its sha256."""
    drafts = session.execute(
        select(
            DraftPrint.report_id, DraftPrint.number, DraftPrint.document, DraftPrint.sha256
        ).execution_options(yield_per=BATCH_ROWS)
    )
    faults, count = [], 0
    for draft in drafts:
        count += 1
        if fingerprint(draft.document.encode()) != draft.sha256:
            faults.append(
                f"第 {draft.report_id} 号报表第 {draft.number} 份送审稿的内容与校验码不符"
            )
    pages = session.execute(
        select(
            SignedPage.report_id,
            SignedPage.number,
            SignedPage.page,
            SignedPage.content,
            SignedPage.sha256,
        ).execution_options(yield_per=1)
    )
    for page in pages:
        count += 1
        if fingerprint(page.content) != page.sha256:
            at = f"第 {page.report_id} 号报表第 {page.number} 次上传第 {page.page} 页"
            faults.append(f"{at}盖章件的内容与校验码不符")
    return Outcome("送审稿和盖章件", f"{count:,} 份", tuple(faults))


def _reports(session: Session) -> Outcome:
    """Check that replaying each report's moves gives its state, and that submitted ones froze."""
    forms = _forms(session)
    moves = _moves(session)
    reports = session.scalars(select(Report).order_by(Report.id)).all()
    faults = []
    for report in reports:
        state, submitted = _played(moves.get(report.id, ()))
        number, document = _last_submission(session, report.id)
        if state != report.state:
            faults.append(f"第 {report.id} 号报表的状态与操作日志不符")
        if not submitted == number == report.submissions:
            faults.append(f"第 {report.id} 号报表的报送次数与存档不符")
        elif state in (State.SUBMITTED, State.ACCEPTED) and document is not None:
            form = forms.get(report.id)
            kept = json.loads(document)
            if form and _stored(session, report, form) != figures_of(kept):
                faults.append(f"第 {report.id} 号报表的数与最后一次报送不符")
            if report.includes_passed_down is not includes_passed_down(kept):
                faults.append(f"第 {report.id} 号报表是否含下拨款的答复与最后一次报送不符")
    return Outcome("报表", f"{len(reports):,} 份", tuple(faults))


def _moves(session: Session) -> dict[int | None, list[Move]]:
    rows = session.execute(
        select(TrailEntry.report_id, TrailEntry.action)
        .where(TrailEntry.action.in_(MOVES), TrailEntry.report_id.is_not(None))
        .order_by(TrailEntry.report_id, TrailEntry.number)
    )
    moves: dict[int | None, list[Move]] = {}
    for row in rows:
        moves.setdefault(row.report_id, []).append(MOVES[Action(row.action)])
    return moves


def _played(moves: Sequence[Move]) -> tuple[State | None, int]:
    """Replay moves: the final state (None after an illegal move) and the number of submissions."""
    state = came_from = State.DRAFT
    for move in moves:
        came_from = state if move is Move.SUBMIT else came_from
        try:
            state = after(move, state, came_from)
        except NotAllowedNow:
            return None, moves.count(Move.SUBMIT)
    return state, moves.count(Move.SUBMIT)


def _last_submission(session: Session, report_id: int) -> tuple[int, str | None]:
    row = session.execute(
        select(Submission.number, Submission.document)
        .where(Submission.report_id == report_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).first()
    return (row.number, row.document) if row else (0, None)


def _stored(session: Session, report: Report, form: Form) -> dict[str, int | None]:
    rows = session.execute(select(Figure.item, Figure.value).where(Figure.report_id == report.id))
    return with_totals(form, {row.item: row.value for row in rows})


_CHECKS: tuple[Callable[[Session], Outcome], ...] = (
    _tree,
    _expectations,
    _editions,
    _chains,
    _figures,
    _last_year,
    _submissions,
    _frozen_sums,
    _paper,
    _reports,
)
