"""Every route of the portal as requests that somebody could make, and who may make them.

The routes come from the application itself; what a test must know of one of them (fields that
make it succeed, fields that it reads besides) stands in `EXAMPLES`. A new view that takes posts
is added there, and nothing else is.
"""

import io
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import html5rdf
from flask import Flask
from openpyxl import Workbook
from werkzeug.routing import Rule

from portal.access.rules import rule_of
from portal.domain.intake.roster import Line, Roster
from portal.domain.intake.workbook import Intake
from portal.domain.paper.code import code_of
from portal.domain.report.submission import fingerprint
from portal.domain.seen import mark_of
from portal.models.user import Role
from portal.organisations.packing import pack
from portal.reports.bulk.packing import pack as pack_intake
from portal.web import carried
from tests.scans import PDF
from tests.whole.marked_city import (
    ACCOUNTS,
    ANNOUNCED,
    ANNOUNCEMENT_DRAFT,
    COOKIE,
    DRAFT,
    DRAFT_EDITION,
    EDITION,
    LAST,
    LINK,
    MADE_OF,
    OPEN,
    PASSWORD,
    PLACE,
    PLACES,
    QUESTION_OF,
    READY,
    UNTOUCHED,
    MarkedCity,
    content_of,
)

REPORT = f"/o/{{organisation}}/campaigns/{OPEN}/report"
CONSOLIDATION = f"/o/{{organisation}}/campaigns/{OPEN}/consolidation"
GEDIAN_BACK = f"/o/gedian/campaigns/{OPEN}/report/return"
STRANGER = "stranger"
PEOPLE = (*ACCOUNTS, STRANGER)
LOOKING_DOWN = {Role.REVIEWER, Role.ADMIN, Role.VIEWER, Role.AUDITOR}


ARGUMENTS: dict[str, Any] = {
    "campaign": OPEN,
    "item": "F1",
    "number": 1,
    "page_number": 1,
    "filename": "css/page.css",
    "token": LINK,
    "form": "songwennuan",
    "version": DRAFT_EDITION,
    "check": "copied",
    "section": 7,
    "planned": OPEN,
    "announcement": ANNOUNCED,
    "channel": "mail",
}
"""What stands in a URL for each argument but the organisation and its user."""

_WHO_MAY = """
rule           reporter  head  reviewer  admin  viewer  auditor
public         both      both  both      both   both    both
signed_in      own       own   own       own    own     own
member         own       own   both      both   both    both
reporter       own       own   -         -      -       -
report_reader  own       own   both      both   both    -
note_writer    own       own   both      -      -       -
desk           -         own   both      both   both    -
own_reviewer   -         -     own       -      -       -
divider        own       own   -         own    -       -
reviewer       -         -     both      -      -       -
chaser         -         -     both      -      -       -
upper_reviewer -         -     below     -      -       -
answerer       -         -     all       -      -       -
city_answerer  -         -     city      -      -       -
admin          -         -     -         both   -       -
city_admin     -         -     -         city   -       -
city_records   -         -     city      city   -       city
trail_reader   own       own   both      both   -       both
"""
"""Where a person with one role may: at the own organisation, at those below it too, at the own
one if that is the city, at those below it alone, for the city at all of them, or nowhere."""


def _reaches() -> dict[str, dict[str, str]]:
    head, *lines = (line.split() for line in _WHO_MAY.strip().split("\n"))
    return {line[0]: dict(zip(head[1:], line[1:], strict=True)) for line in lines}


WHO_MAY = _reaches()
"""For each rule and role where it reaches."""

USER_OF = {
    "shizong": "city-reporter",
    "echeng": "ours-reporter",
    "gedian": "next-reporter",
    "jiceng": "base-reporter",
}

NOT_THERE: dict[str, tuple[Any, ...]] = {
    "campaign": ("1999-spring", DRAFT, "2027-SPRING", "%00", "x" * 300, "..", "' OR 1=1 --"),
    "item": ("Z9", "c9", "C9%00", "x" * 300, "organisation_id"),
    "code": ("00000-00000", "x", "7K3QM", "%00", "x" * 300, "' OR 1=1 --"),
    "question": (0, 99, 10**8, 10**19, "-1", "x"),
    "made": (0, 99, 10**8, 10**19, "-1", "x"),
    "page_number": (0, 9, 99, 10**9, "-1", "x"),
    "number": (0, 7, 9999, 10**19, "9" * 5000, "-1", "x", "1.0"),
    "username": ("nobody", "next-reporter", "city-admin", "%00", "x" * 300, "OURS-REPORTER"),
    "form": ("no-form", "SONGWENNUAN", "x" * 300, "%00", ".."),
    "version": ("1999.1", "2027.1%20", "x" * 300, "%00", ".."),
    "check": ("no-check", "COPIED", "x" * 300, "%00"),
    "channel": ("post", "MAIL", "x" * 300, "%00", ".."),
    "section": (0, 99, "-1", "x", 10**19, "9" * 5000),
    "planned": ("1999-spring", "2027-SPRING", "%00", "x" * 300, "..", "' OR 1=1 --"),
    "announcement": (0, 9999, 10**19, "9" * 5000, "-1", "x", "1.0"),
    "filename": ("css/none.css", "../__init__.py", "..%2f__init__.py", "%00", "etc/passwd"),
}
"""Arguments behind which a permitted person finds nothing of their own organisation."""


@dataclass(frozen=True)
class Example:
    """A request that its view grants at the organisation `at`.

    `before` are requests that lead there, each a path and its fields; with `page` the hidden
    fields are taken from the form on that page. `reads` are fields that the view may take
    besides, so that they are no mass assignment.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    at: str = "echeng"
    before: tuple[tuple[str, Mapping[str, str]], ...] = ()
    page: str = ""
    reads: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Attached:
    """A file that the example of a route uploads, made anew for every request."""

    content: bytes
    name: str

    def opened(self) -> tuple[io.BytesIO, str]:
        """The file as the client sends it."""
        return io.BytesIO(self.content), self.name


def workbook(*rows: tuple[str | int, ...]) -> Attached:
    """A workbook with these rows."""
    made, file = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return Attached(file.getvalue(), "made.xlsx")


NEWCOMER = {"username": "newcomer", "name": "新来的", "code": "echeng", "roles": "填报人"}
ROSTER = pack(Roster([], [Line("人员", 2, NEWCOMER, {})]))
ROSTER_MARK = mark_of("人员!A2 new ()")
"""A roster of one new person of 鄂城 as its preview carries it, with the mark of its plan."""
OLD_TABLE = carried.pack(["made.xlsx", {"echeng": [0, {"F1": [12, "汇总 B2"]}]}])
"""Last year's figures of 鄂城 as the preview of an old workbook carries them."""
PLAN = f"/o/{{organisation}}/campaigns/{OPEN}"
NEW_PLAN = {
    "code": "2029-spring",
    "name": "2029年春节送温暖",
    "edition": "songwennuan@2027.1",
    "opens": "2029-01-10",
    "due": "2029-01-20",
    "closes": "2029-01-22",
}
_PLAN_READS = frozenset(
    {"name", "edition", "previous", "notice_number", "summary", "notice", "period", "contact"}
    | {"opens", "due", "closes", "four_eyes", "signed_copy_required", "reason"}
)


def _planning(
    fields: Mapping[str, str] | None = None,
    reads: frozenset[str] = frozenset(),
    page: str = "",
    **values: Any,
) -> Example:
    """What the city's administrator posts."""
    return Example(fields or {}, at="shizong", reads=reads, page=page, values=values)


ITEM = {"label": "文化服务", "unit": "人次", "section": "5"}
TYPED_ITEM = frozenset(
    {"code", "label", "unit", "decimals", "measure", "within", "note", "formula", "previous"}
)


def _edited(**fields: str) -> Example:
    """A change of the draft edition, which the city's administrator alone may make."""
    return Example({"revision": "1"} | fields, at="shizong", reads=TYPED_ITEM | {"title"})


EXAMPLES: dict[str, Example] = {
    "accounts.change_user": Example(
        {"name": "王小芳", "phone": "13900000000", "email": "w@example.cn", "roles": "reporter"},
        page="/o/{organisation}/users/ours-reporter",
    ),
    "accounts.create_user": Example(
        {
            "new_username": "newcomer",
            "name": "新来的",
            "phone": "",
            "email": "",
            "roles": "reporter",
        },
    ),
    "forms.add_item": _edited(code="K", **ITEM),
    "forms.add_section": _edited(section_title="法律援助"),
    "forms.change_section": _edited(section_title="其他专项"),
    "forms.change_units": _edited(unit_name="户"),
    "forms.confirm": Example({"code": "A", "statement": "与附件核对一致"}, at="shizong"),
    "forms.confirm_import": Example(
        {"document": EDITION.read_text("utf-8").replace("2027.1", "2029.1"), "revision": "0"},
        at="shizong",
    ),
    "forms.copy": Example({"new_version": "2030.1", "new_title": "统计表"}, at="shizong"),
    "forms.place_item": _edited(down="F1"),
    "forms.preview_import": Example(
        {"file": Attached(EDITION.read_bytes(), "form.json")}, at="shizong"
    ),
    "forms.publish": _edited(),
    "forms.remove": _edited(),
    "forms.remove_check": _edited(),
    "forms.remove_item": _edited(uses_too="1"),
    "forms.save_check": _edited(grade="提示", at_least="12"),
    "forms.save_counterparts": _edited(**{"last_year": "2027.1", "previous.F1": "F1"}),
    "forms.save_head": _edited(title="统计表"),
    "forms.save_item": _edited(**ITEM),
    "accounts.disable": Example(),
    "accounts.enable": Example(),
    "accounts.end_sign_ins": Example(),
    "accounts.hand_over": Example(
        {"name": "接手的", "phone": "", "email": ""},
        page="/o/{organisation}/users/ours-reporter",
        reads=frozenset({"roles"}),
    ),
    "accounts.links_as_workbook": Example({"links": LINK}),
    "accounts.make_all_links": Example(),
    "accounts.make_link": Example(),
    "accounts.reset_password": Example(),
    "accounts.revoke_link": Example(),
    "accounts.spend_link": Example({"link": LINK}),
    "accounts.sign_in": Example(
        {"username": "ours-reporter", "password": PASSWORD},
        reads=frozenset({"next", "carried"}),
    ),
    "accounts.keep_password": Example(
        {
            "current": PASSWORD,
            "new": "stone-under-the-bridge-19",
            "again": "stone-under-the-bridge-19",
        }
    ),
    "accounts.logout": Example(),
    "consolidation.acknowledge": Example(
        at="shizong",
        before=((GEDIAN_BACK, {"number": "1", "reason": "合计与下属单位不符"}),),
        page=CONSOLIDATION,
    ),
    "consolidation.export": Example(reads=frozenset({"scope"})),
    "consolidation.export_edition": Example(),
    "consolidation.freeze": Example(at="shizong", page=CONSOLIDATION),
    "consolidation.report_upward": Example(at="shizong", reads=frozenset({"remark"})),
    "organisations.add": Example(
        {
            "code": "jiceng-new",
            "name": "新单位",
            "kind": "基层",
            "position": "30",
            "contact": "",
            "phone": "",
        }
    ),
    "organisations.cancel_move": Example({}, at="jiceng"),
    "organisations.change": Example(
        {"name": "一小工会", "kind": "基层", "position": "31", "contact": "甲", "phone": "1"},
        at="jiceng",
        page="/o/{organisation}/organisation",
    ),
    "organisations.close": Example({"despite": "yes"}, at="jiceng"),
    "organisations.confirm_roster": Example({"roster": ROSTER, "mark": ROSTER_MARK}),
    "organisations.merge": Example(
        {"into": "echeng", "people": "move", "units": "into", "despite": "yes"}, at="jiceng"
    ),
    "organisations.move": Example({"target": "echeng"}, at="jiceng"),
    "organisations.preview_roster": Example(
        {
            "workbook": workbook(
                ("用户名", "姓名", "单位代码", "角色"), tuple(NEWCOMER[f] for f in NEWCOMER)
            )
        },
    ),
    "organisations.reopen": Example(at="jiceng"),
    "paper.find_code": Example(
        {"code": code_of(fingerprint(content_of(PLACE["echeng"], OPEN)))}, at="echeng"
    ),
    "reports.correction": Example(values={"campaign": LAST, "number": 2}),
    "consolidation.remove_filter": Example(
        {"name": "各区"},
        before=((f"{CONSOLIDATION}/filters", {"name": "各区"}),),
        reads=frozenset({"shared"}),
    ),
    "consolidation.save_filter": Example(
        {"name": "各区"}, reads=frozenset({"scope", "show", "kind", "section", "shared"})
    ),
    "campaigns.add_unit": _planning({"code": "shizong"}),
    "campaigns.archive": _planning(planned=LAST),
    "campaigns.change": _planning({"version": "1", "contact": "张慧"}, reads=_PLAN_READS),
    "campaigns.change_units": _planning({}, page=f"{PLAN}/units"),
    "campaigns.confirm_last_year": _planning(
        {"take": "echeng", "packed": OLD_TABLE}, planned=UNTOUCHED
    ),
    "campaigns.preview_last_year": _planning(
        {"workbook": workbook(("代码", "鄂城区总工会"), ("F1", 12), ("F2", 3), ("F3", 4))}
    ),
    "campaigns.create": _planning(NEW_PLAN, reads=_PLAN_READS),
    "campaigns.keep_copy": _planning(NEW_PLAN, reads=_PLAN_READS),
    "campaigns.keep_round": _planning(
        {
            "code": "2027-later",
            "opens": "2027-02-20",
            "due": "2027-02-27",
            "closes": "2027-02-28",
            "round_name": "节后报",
            "first_name": "节前报",
        },
        reads=_PLAN_READS,
    ),
    "campaigns.publish": _planning({"version": "1"}, reads=frozenset({"announce"}), planned=READY),
    "campaigns.publish_announcement": _planning(
        {"version": "1", "to": "all"},
        reads=frozenset({"unit"}),
        announcement=ANNOUNCEMENT_DRAFT,
    ),
    "campaigns.read_announcement": Example(),
    "campaigns.remove": _planning(planned=READY),
    "campaigns.rewrite_announcement": _planning(
        {"version": "1", "title": "另一个标题", "text": "另一段话"},
        announcement=ANNOUNCEMENT_DRAFT,
    ),
    "campaigns.set_limits": _planning({"version": "1", "copied.at_least": "12"}),
    "campaigns.withdraw_announcement": _planning(),
    "campaigns.write_announcement": _planning({"title": "标题", "text": "一段话"}),
    "reports.carry": Example(),
    "duties.divide": Example(
        {"section.1": "ours-reporter", "item.C9": "ours-head"}, reads=frozenset()
    ),
    "questions.answer": Example(
        {"question": "含不含退休职工？", "answer": "含退休职工。"},
        reads=frozenset({"thread", "alone"}),
    ),
    "questions.ask": Example({"text": "含不含退休职工？"}),
    "questions.publish": Example(
        {"item": "G", "question": "含不含退休职工？", "answer": "含退休职工。"},
        at="shizong",
        reads=frozenset({"thread"}),
    ),
    "questions.review": Example({"clarification": "1"}),
    "reports.answer_passed_down": Example(
        {"answer": "yes"}, at="shizong", values={"campaign": UNTOUCHED}
    ),
    "reports.correct_last_year": Example(
        {"F1": "12", "F1.version": "0", "F1.was": "", "reason": "旧表抄错一位"},
        reads=frozenset({"nonce"}),
    ),
    "reports.confirm_on_behalf": Example(at="jiceng"),
    "reports.enter_on_behalf": Example(
        {"ground": "来电", "caller": "王主席", "F1": "12", "F1.version": "0", "F1.was": ""},
        reads=frozenset({"zero-rest", "nonce"}),
    ),
    "reports.submit_on_behalf": Example(
        {"ground": "传真", "caller": "王主席", "nonce": "click", "assurance": "已收盖章件"},
        before=((f"{REPORT}/on-behalf", {"ground": "来电", "caller": "王主席", "zero-rest": "1"}),),
        reads=frozenset({"reason", "words", "issue", "confirmed", "assured_by", "assured_at"}),
    ),
    "reports.explain": Example(
        {"reason": "新增专项资金", "words": "省里另拨了一笔专款"},
        before=((f"{REPORT}/items/D1", {"D1": "0.5", "D1.version": "1"}),),
        page=f"{REPORT}/submission",
    ),
    "reports.answer_import": Example(
        {
            "sheet": pack_intake(Intake("统计表", "B 列", {"F1": "12"}, {"F1": "B2"})),
            "file": "made.xlsx",
        }
    ),
    "reports.answer": Example({"answer.G": "kept", "words.G": "经核实，原数无误"}, at="jiceng"),
    "reports.confirm_import": Example(
        {"take": "F1", "F1": "12", "F1.version": "0", "F1.cell": "E7", "file": "made.xlsx"},
        reads=frozenset({"nonce"}),
    ),
    "reports.fill_zeros": Example(),
    "reports.keep_draft": Example(),
    "reports.paste": Example(
        {"block": "12\n13", "start": "F1", "F1.version": "0", "F2.version": "0"},
        reads=frozenset({"nonce", "beside", "answer"}),
    ),
    "reports.preview_import": Example(
        {"workbook": workbook(("代码", "数量"), ("F1", 12), ("F2", 3), ("F3", 4))},
    ),
    "reports.save_item": Example(
        {"F1": "12", "F1.version": "0"}, reads=frozenset({"nonce", "beside"})
    ),
    "reports.save_sheet": Example(
        {"F1": "12", "F1.version": "0", "F1.was": ""}, reads=frozenset({"nonce", "offer", "theirs"})
    ),
    "reports.submit": Example({"nonce": "click"}, before=((f"{REPORT}/zeros", {}),)),
    "reports.undo_batch": Example(
        before=((f"{REPORT}/zeros", {}),), reads=frozenset({"batch", "beside", "refused"})
    ),
    "reports.withdraw": Example(at="gedian"),
    "reminders.note_call": Example(
        {"outcome": "promised"}, reads=frozenset({"promised", "note", "nonce"})
    ),
    "reminders.note_posted": Example({"unit": "echeng"}, at="shizong", reads=frozenset({"nonce"})),
    "reminders.send_message": Example(reads=frozenset({"nonce"})),
    "review.accept": Example(
        {"number": "1"}, at="gedian", reads=frozenset({"assurance", "assured_by", "assured_at"})
    ),
    "review.extend": Example(
        {"reason": "节后才能汇总全部数字", "until": "2027-02-20 17:30"},
        at="gedian",
        reads=frozenset({"item"}),
    ),
    "review.reopen": Example(
        {"number": "1", "reason": "合计与下属单位不符"},
        at="shizong",
        reads=frozenset({"item", "until"}),
    ),
    "review.send_back": Example(
        {"number": "1", "reason": "合计与下属单位不符"},
        at="gedian",
        reads=frozenset({"item", "until"}),
    ),
    "signed_copies.match": Example({"number": "1"}, at="gedian"),
    "signed_copies.upload": Example({"page": Attached(PDF, "盖章件.pdf")}, at="gedian"),
    "reports.write_note": Example({"text": "含街道两个站点"}),
    "reports.zero_report": Example(values={"campaign": UNTOUCHED}),
}


@dataclass(frozen=True)
class Route:
    """One view at one URL, with the methods that it answers."""

    endpoint: str
    url: Rule
    methods: frozenset[str]
    rule: str

    @property
    def of_organisation(self) -> bool:
        """Whether its URL names an organisation."""
        return "organisation" in self.url.arguments

    @property
    def method(self) -> str:
        """The method that it is for."""
        return "GET" if "GET" in self.methods else next(iter(self.methods - {"OPTIONS"}))

    @property
    def example(self) -> Example:
        """The request that it grants."""
        return EXAMPLES.get(self.endpoint, Example())

    def path(self, organisation: str = "", **changed: Any) -> str:
        """Its URL for an organisation, with other arguments where they are given."""
        values = ARGUMENTS | {"username": USER_OF.get(organisation, "nobody")}
        values |= {"code": _code_at(organisation)}
        values |= {"question": QUESTION_OF.get(organisation, 99)}
        values |= {"made": MADE_OF.get(organisation, 99)}
        values |= {"organisation": organisation} | dict(self.example.values) | changed
        path = self.url.rule
        for argument, converter in self.url._converters.items():
            text = str(values[argument])
            named = f"<{argument}>" if f"<{argument}>" in path else _marker(path, argument)
            path = path.replace(named, text if "%" in text else quote(text, safe="/"))
            assert converter is not None
        return path


@cache
def _code_at(organisation: str) -> str:
    """The code on the printed report of an organisation; another's where it has none."""
    return code_of(fingerprint(content_of(PLACE.get(organisation, PLACES[0]), OPEN)))


def _marker(path: str, argument: str) -> str:
    end = path.index(f":{argument}>")
    return path[path.rindex("<", 0, end) : end + len(argument) + 2]


def routes(app: Flask) -> list[Route]:
    """Every route of the application, in the order of its URLs."""
    return sorted(
        (
            Route(url.endpoint, url, frozenset(url.methods or ()), rule_of(app, url.endpoint).name)
            for url in app.url_map.iter_rules()
        ),
        key=lambda route: (route.url.rule, sorted(route.methods)),
    )


def at(route: Route) -> str:
    """The organisation at which the example of a route is granted."""
    if not route.of_organisation:
        return ""
    return "shizong" if route.rule in OF_CITY else route.example.at


OF_CITY = ("city_admin", "city_answerer", "city_records")
"""The rules that reach nobody but the city's own."""


def who_is_granted(route: Route) -> list[str]:
    """Everybody to whom the example of a route is granted."""
    return [person for person in PEOPLE if refusal(route, person, at(route)) is None]


def refusal(route: Route, person: str, organisation: str) -> int | None:
    """The status with which a person is refused at an organisation; None where they may."""
    if route.rule == "public":
        return None
    if person == STRANGER:
        return 303 if route.method == "GET" else 401
    if not route.of_organisation:
        return None
    home, roles = ACCOUNTS[person]
    if organisation not in PLACE or not may_enter(home, roles, organisation):
        return 404
    wanted = {"own", "both"} if organisation == home else {"both", "below"}
    if PLACE[home].parent is None:
        wanted |= {"city", "all"} if organisation == home else {"all"}
    if not any(WHO_MAY[route.rule][role] in wanted for role in roles):
        return 403
    if route.rule == "upper_reviewer":
        return None if PLACE[organisation].parent == home else 403
    decision = route.rule == "reviewer" and route.method == "POST"
    return 403 if decision and home != decider_of(organisation) else None


def decider_of(organisation: str) -> str:
    """The organisation whose reviewers decide: the next one up, and the city on its own report."""
    return PLACE[organisation].parent or organisation


def may_enter(home: str, roles: list[Role], organisation: str) -> bool:
    """Whether somebody of `home` may know of another organisation."""
    return organisation == home or (bool(LOOKING_DOWN & {*roles}) and is_below(organisation, home))


def is_below(organisation: str, above: str) -> bool:
    """Whether one organisation of the city stands somewhere below another."""
    parent = PLACE[organisation].parent
    return parent is not None and (parent == above or is_below(parent, above))


def hidden_from(person: str) -> list[str]:
    """The canaries that a person must never meet, as words and as numbers."""
    home, roles = ACCOUNTS.get(person, ("", []))
    looks = {*roles} - {Role.REPORTER}
    seen = {
        place.code
        for place in PLACES
        if place.code == home or (looks and home and is_below(place.code, home))
    }
    hidden = [place for place in PLACES if place.code not in seen]
    numbers = [place.number for place in hidden]
    return [
        *(place.canary for place in hidden),
        *(str(number) for number in numbers),
        *(f"{number:,}" for number in numbers),
        *(f"{number // 100}.{number % 100:02}" for number in numbers),
        *(f"{number // 100:,}.{number % 100:02}" for number in numbers),
    ]


def everything_in(answer: Any) -> str:
    """The text of an answer: its head, its body, and every part of a workbook."""
    head = "\n".join(f"{name}: {text}" for name, text in answer.headers)
    body = answer.data
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{head}\n\n{body.decode('utf-8', 'replace')}"


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form on a page that posts to `action`, but for the token."""
    for form in html5rdf.parse(page, namespaceHTMLElements=False).iter("form"):
        if form.get("action", "").partition("#")[0] == action:
            named = {field.get("name"): field.get("value", "") for field in form.iter("input")}
            return {name: text for name, text in named.items() if name and name != "csrf_token"}
    raise AssertionError(f"no form posts to {action}")


def is_sentence(answer: Any, method: str = "GET") -> bool:
    """Whether a refusal says something in Chinese, where it may have a body at all."""
    return method == "HEAD" or any("一" <= letter <= "鿿" for letter in answer.text)


def told(wrong: list[str]) -> str:
    """What went wrong, one line each."""
    return "\n".join(["", *wrong])


class Walk:
    """A city in which everybody has signed in, watched for every change of its database.

    Every request is made with the cookie that its person got at sign-in, whatever came after.
    """

    def __init__(self, city: MarkedCity) -> None:
        self.city = city
        browsers = {name: city.signed_in(name) for name in ACCOUNTS} | {STRANGER: city.stranger()}
        self.tokens = {name: browser.token() for name, browser in browsers.items()}
        self._cookies = {name: browser.cookie() for name, browser in browsers.items()}
        self._kept = sqlite3.connect(":memory:")
        self._watch = sqlite3.connect(city.file)
        self._watch.backup(self._kept)
        self._seen = self._version()

    def request(
        self,
        person: str,
        method: str,
        path: str,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
    ) -> Any:
        """One request of a person, with their own token unless another is given."""
        body = {"csrf_token": self.tokens[person] if token is None else token} | dict(fields or {})
        body = {
            name: value.opened() if isinstance(value, Attached) else value
            for name, value in body.items()
        }
        unsafe = method not in {"GET", "HEAD", "OPTIONS"}
        client = self.city.app.test_client()
        client.set_cookie(COOKIE, self._cookies[person])
        return client.open(
            path,
            method=method,
            data=body if unsafe else None,
            headers=dict(headers or {}),
            buffered=True,
        )

    def raw(
        self,
        person: str,
        path: str,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """A post of bytes, without a token unless they hold one."""
        client = self.city.app.test_client()
        client.set_cookie(COOKIE, self._cookies[person])
        return client.post(
            path, data=body, content_type=content_type, headers=dict(headers or {}), buffered=True
        )

    def raw_fields(self, person: str, path: str, fields: Mapping[str, Any]) -> Any:
        """A post of fields with the person's token, lone surrogates and all; files stay away."""
        pairs = {"csrf_token": self.tokens[person]} | dict(fields)
        encoded = {
            name.encode(): text.encode("utf-8", "surrogatepass")
            for name, text in pairs.items()
            if isinstance(text, str)
        }
        return self.raw(
            person, path, urlencode(encoded).encode(), "application/x-www-form-urlencoded"
        )

    def granted(self, person: str, route: Route, organisation: str, **more: str) -> Any:
        """The answer to the example of a route, with `more` fields; nothing of it is kept."""
        fields = more | self.prepared(person, route, organisation)
        return self.request(person, route.method, route.path(organisation), fields)

    def prepared(self, person: str, route: Route, organisation: str) -> dict[str, str]:
        """Go where the example of a route begins; answers the fields that it posts."""
        example = route.example
        for path, fields in example.before:
            answer = self.request(person, "POST", path.format(organisation=organisation), fields)
            assert answer.status_code < 400, answer.text
        hidden = {}
        if example.page:
            page = self.request(person, "GET", example.page.format(organisation=organisation))
            hidden = hidden_fields(page.text, route.path(organisation))
        self.changed()
        return hidden | dict(example.fields)

    def changed(self) -> bool:
        """Whether anything was written since this was asked last."""
        before, self._seen = self._seen, self._version()
        return before != self._seen

    def put_right(self) -> None:
        """Make the database what it was when everybody had signed in."""
        with closing(sqlite3.connect(self.city.file)) as file:
            self._kept.backup(file)
        self._seen = self._version()

    def close(self) -> None:
        """Stop watching."""
        self._kept.close()
        self._watch.close()

    def _version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
