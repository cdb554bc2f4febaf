"""Views of questions: the clarifications, one's own questions, and the city's queue."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, answerer, city_answerer, may, report_reader, reporter
from portal.access.tenancy import subtree
from portal.collection import clarifications
from portal.collection.assignment import Assignment, fill_of
from portal.domain.characters import in_lines, taken_out
from portal.domain.figures import Problem
from portal.domain.form.form import Item
from portal.models import Question
from portal.questions import operations, queries
from portal.questions.operations import Published
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.errors import BadInput
from portal.web.form_fields import legible_in_lines, number_asked
from portal.web.html import wants_fragment

bp = Blueprint("questions", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>")


def _item(assignment: Assignment, code: str) -> Item:
    return assignment.form.by_code.get(code) or abort(404)


def _text(name: str) -> str:
    """A typed text with its line breaks, without invisible characters."""
    return in_lines(request.form.get(name, ""))


def _taken_out() -> str:
    return taken_out(*(request.form.get(name, "") for name in ("text", "question", "answer")))


def _shown_again() -> dict[str, str]:
    """What was typed, as the page can show it."""
    return {name: legible_in_lines(text) for name, text in request.form.items()}


@bp.get("/questions")
@allow(report_reader)
def page(campaign: str) -> Any:
    """What the city has published, what this unit asked, and what it has yet to look over."""
    session, assignment = db.session(), assignment_here(campaign)
    published = clarifications.in_force(session, assignment.campaign.id)
    return render_template(
        "questions/page.html",
        assignment=assignment,
        threads=clarifications.every_version(session, assignment.campaign.id),
        waiting=clarifications.to_review(session, fill_of(session, assignment), published),
        questions=clarifications.questions_of(session, assignment.campaign.id),
        reviewing=may(reporter, organisation_here().id),
        answering=may(city_answerer, organisation_here().id),
    )


@bp.post("/report/items/<item>/questions")
@allow(reporter)
def ask(campaign: str, item: str) -> Any:
    """Ask the city about an item."""
    text = _text("text")
    with writing() as session:
        assignment = assignment_here(campaign)
        about = _item(assignment, item)
        problem = operations.ask(session, assignment, about, text, by=actor(), at=clock.now())
        session.commit()
    if wants_fragment():
        return _at_item(assignment, about, text, problem), 422 if problem else 200
    if problem:
        raise BadInput(problem.sentence)
    flash(f"已向市总提问（{about.name}），答复后会公布在这一项。{_taken_out()}")
    return redirect(url_for("reports.item_panel", campaign=campaign, item=item), 303)


def _at_item(assignment: Assignment, item: Item, text: str, problem: Problem | None) -> str:
    session, campaign = db.session(), assignment.campaign
    return render_template(
        "questions/_item.html",
        campaign=campaign,
        item=item,
        published=clarifications.in_force(session, campaign.id).get(item.code, ()),
        questions=clarifications.questions_of(session, campaign.id, item.code),
        may_ask=True,
        asked=legible_in_lines(text) if problem else "",
        ask_problem=problem,
    )


@bp.post("/clarifications/review")
@allow(reporter)
def review(campaign: str) -> Any:
    """复核无误: record that the figure agrees with the clarification."""
    number = request.form.get("clarification", type=int) or 0
    with writing() as session:
        assignment = assignment_here(campaign)
        if not operations.review(session, assignment, number, by=actor(), at=clock.now()):
            raise BadInput("没有这条口径，没有做任何改动。请刷新后再试。")
        session.commit()
    flash("已复核。")
    return redirect(url_for(".page", campaign=campaign), 303)


@bp.get("/questions/open")
@allow(city_answerer)
def waiting(campaign: str) -> Any:
    """The city's queue: what units ask, the oldest first, and a clarification of its own."""
    return _waiting(assignment_here(campaign))


def _waiting(assignment: Assignment, problem: Problem | None = None) -> str:
    with subtree(organisation_here()) as session:
        asked = queries.open_questions(session, assignment.campaign.id)
    return render_template(
        "questions/open.html",
        assignment=assignment,
        asked=asked,
        threads=clarifications.every_version(db.session(), assignment.campaign.id),
        typed=_shown_again(),
        problem=problem,
    )


@bp.post("/clarifications")
@allow(city_answerer)
def publish(campaign: str) -> Any:
    """Publish a clarification without a question, or a new version of one."""
    published = _published()
    with writing() as session:
        assignment = assignment_here(campaign)
        item = assignment.form.by_code.get(request.form.get("item", ""))
        problem = Problem("请选择是哪一项的口径。")
        if item is not None:
            refused = operations.publish(
                session, assignment, item, published, by=actor(), at=clock.now()
            )
            if refused is None:
                session.commit()
                told = "填过这一项的单位会看到“口径更新，请复核”。"
                flash(f"已公布：{item.name}。{told}{_taken_out()}")
                return redirect(url_for(".waiting", campaign=campaign), 303)
            problem = refused
    return _waiting(assignment_here(campaign), problem), 422


def _published() -> Published:
    thread = request.form.get("thread", type=number_asked)
    return Published(_text("question"), _text("answer"), thread)


def _question(assignment: Assignment, number: int) -> Question:
    return operations.question_open(db.session(), assignment, number) or abort(404)


@bp.get("/questions/<int(max=999999999):question>")
@allow(answerer)
def one(campaign: str, question: int) -> Any:
    """One unit's question, to be answered to all or to the unit alone."""
    assignment = assignment_here(campaign)
    return _one(assignment, _question(assignment, question))


def _one(assignment: Assignment, asked: Question, problem: Problem | None = None) -> str:
    published = clarifications.in_force(db.session(), assignment.campaign.id)
    return render_template(
        "questions/question.html",
        assignment=assignment,
        asked=asked,
        item=assignment.form.by_code[asked.item],
        published=published.get(asked.item, ()),
        typed=_shown_again(),
        problem=problem,
    )


@bp.post("/questions/<int(max=999999999):question>/answer")
@allow(answerer)
def answer(campaign: str, question: int) -> Any:
    """Answer a question: to every unit, or to its unit alone where `alone` is ticked."""
    with writing() as session:
        assignment = assignment_here(campaign)
        asked = _question(assignment, question)
        by, at = actor(), clock.now()
        if "alone" in request.form:
            text = _text("answer")
            problem = operations.reply(session, assignment, asked, text, by=by, at=at)
        else:
            problem = operations.answer(session, assignment, asked, _published(), by=by, at=at)
        if problem is None:
            session.commit()
            done = "已答复该单位。" if "alone" in request.form else "已公布给各单位。"
            flash(f"{done}{_taken_out()}")
            return redirect(
                url_for(".waiting", organisation=by.organisation.code, campaign=campaign), 303
            )
    assignment = assignment_here(campaign)
    return _one(assignment, _question(assignment, question), problem), 422
