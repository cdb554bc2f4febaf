"""Views of pasting: a block is written as one batch, and a batch is undone as a whole."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, reporter
from portal.collection.assignment import Assignment, FilledReport
from portal.domain.form.form import Item
from portal.domain.intake.paste import Placement, place_block
from portal.domain.intake.paste_words import Asked, has_words, settle
from portal.domain.intake.pasted_block import (
    Block,
    BlockRefused,
    read_block,
)
from portal.domain.report_state import NotAllowedNow
from portal.reports import comparing, operations, rows
from portal.reports.bulk import pasting
from portal.reports.bulk.importing import expected_of
from portal.reports.bulk.pasting import Pasted
from portal.reports.page_views import (
    action_bar,
    bp,
    report_page,
    send_back_shown,
    too_late,
    typed_fields,
)
from portal.reports.saving import SaveResult, Undone
from portal.reports.typed import Typed
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here, filled_report
from portal.web.form_fields import number_in, printable
from portal.web.html import wants_fragment


@bp.post("/paste")
@allow(reporter)
def paste(campaign: str) -> Any:
    """Paste a block from the item `start` downwards; without scripts the sheet is saved too."""
    placement, unclear = _placement(assignment_here(campaign))
    try:
        with writing() as session:
            before = filled_report(campaign)
            beside = beside_figures(before, placement)
            by, at = actor(), clock.now()
            saved, typed = operations.save_items(session, before, beside, by=by, at=at)
            pasted = pasting.paste(session, saved, placement, request.form, by=by, at=at)
            session.commit()
    except NotAllowedNow as refused:
        return _pasted_too_late(filled_report(campaign), placement, refused.sentence)
    if wants_fragment():
        return _fragments(before, pasted, unclear), _status(pasted, unclear)
    return _whole_answer(pasted, [one for one in typed if one.refused], unclear)


def _placement(assignment: Assignment) -> tuple[Placement, BlockRefused | None]:
    """Where the posted block goes, and the refusal where its meaning is not clear."""
    form = assignment.form
    start, reading = (request.form.get(name, "") for name in ("start", "reading"))
    try:
        if start not in form.by_code:
            raise BlockRefused("请先选择从哪一项开始粘贴。")
        block = read_block(request.form.get("block", ""))
        return _settled(assignment, block, place_block(form, block, start, reading)), None
    except Asked as asked:
        asked.reading = reading
        return Placement((), ()), asked
    except BlockRefused as refused:
        return Placement((), ()), refused


def _settled(assignment: Assignment, block: Block, placement: Placement) -> Placement:
    """The placement; raises `Asked` where the block's own words contradict it, unanswered."""
    if not has_words(block):
        return placement
    expected = expected_of(db.session(), assignment)
    answers = frozenset(request.form.get("answer", "").split())
    return settle(assignment.form, block, placement, expected, answers)


def beside_figures(filling: FilledReport, placement: Placement) -> dict[Item, Typed]:
    """The unsaved figures typed on the sheet, except where the block is pasted."""
    covered = {figure.code for figure in placement.figures}
    typed = typed_fields(filling, request.form)
    return {item: text for item, text in typed.items() if item.code not in covered}


def _pasted_too_late(filling: FilledReport, placement: Placement, sentence: str) -> Any:
    if wants_fragment():
        return render_template("reports/_paste_result.html", sentence=sentence), 409
    return too_late(filling, beside_figures(filling, placement))


def _status(pasted: Pasted, unclear: BlockRefused | None) -> int:
    if pasted.conflict:
        return 409
    return 422 if unclear or pasted.refusals else 200


def _whole_answer(pasted: Pasted, typed: list[SaveResult], unclear: BlockRefused | None) -> Any:
    status = max(_status(pasted, unclear), 422 if typed else 200)
    campaign = pasted.filling.assignment.campaign.code
    if status == 200:
        flash(pasted.sentence)
        return redirect(url_for(".report", campaign=campaign), 303)
    block = "" if pasted.batch else _shown_again(request.form.get("block", ""))
    page = report_page(
        filled_report(campaign),
        [*pasted.refused, *typed],
        pasted=pasted,
        unclear=unclear,
        block=block,
        start=request.form.get("start", ""),
    )
    return page, 409 if pasted.conflict or any(one.conflict for one in typed) else status


def _shown_again(block: str) -> str:
    lines = (line.split("\t") for line in block.splitlines())
    return "\n".join("\t".join(map(printable, line)) for line in lines)


def _fragments(before: FilledReport, pasted: Pasted, unclear: BlockRefused | None) -> str:
    entered = {one.item: one for one in pasted.entered}
    return _changed(before, pasted.filling, entered, pasted=pasted, unclear=unclear)


def _changed(
    before: FilledReport, now: FilledReport, entered: Mapping[Item, SaveResult | None], **said: Any
) -> str:
    """The result panel, and out of band each row of `entered` and what follows from them."""
    sums, told = rows.rows_to_refresh(before, now, *entered)
    reproof = send_back_shown(now.assignment)
    drawn = {
        item: rows.item_row(now, item, editable=True, entered=entered.get(item), reproof=reproof)
        for item in (*entered, *sums, *told)
    }
    return render_template(
        "reports/_pasted.html",
        states=[drawn[item] for item in entered],
        sums=[drawn[item] for item in sums],
        notices=[drawn[item] for item in told],
        beside=_beside_changed(now, entered),
        **action_bar(now),
        **said,
    )


def _beside_changed(
    now: FilledReport, changed: Iterable[Item]
) -> Mapping[str, comparing.YearComparison]:
    """The comparison columns of the changed items, where the page shows them."""
    if "beside" not in request.form:
        return {}
    touched = (item for each in changed for item in comparing.touched(now.form, each))
    return comparing.beside(now, dict.fromkeys(touched))


@bp.post("/zeros/undoing")
@bp.post("/paste/undoing")
@allow(reporter)
def undo_batch(campaign: str) -> Any:
    """Undo the newest change of many figures at once: 补“0”, 零报告, 粘贴 or 导入."""
    try:
        with writing() as session:
            before = filled_report(campaign)
            undone = operations.undo_batch(
                session,
                before,
                number=number_in(request.form.get("batch", "")),
                by=actor(),
                at=clock.now(),
            )
            session.commit()
    except NotAllowedNow as refused:
        if wants_fragment():
            return render_template("reports/_paste_result.html", sentence=refused.sentence), 409
        raise
    if wants_fragment():
        return _undone_fragments(before, undone)
    flash(undone.sentence)
    return redirect(url_for(".report", campaign=campaign), 303)


def _undone_fragments(before: FilledReport, undone: Undone) -> str:
    """As after a paste; rows that had refused a figure show the stored one again."""
    refused = request.form.get("refused", "").split()
    named = [item for item in before.form.leaves if item.code in refused]
    again = dict.fromkeys((*undone.restored, *undone.left, *named))
    return _changed(before, undone.filling, again, undone=undone)
