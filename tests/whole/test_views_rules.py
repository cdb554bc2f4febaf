"""Every view names its rule, and every rule lets in whom the domain says, as a table has it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.access import rules
from portal.access.identity import LOOKING_DOWN, Person
from portal.access.rules import allow, check_views, rule_of
from portal.models import Organisation
from portal.models.user import Role
from tests.whole.marked_city import NOW
from tests.whole.routes import WHO_MAY

RULE_OF_VIEW = """
accounts.change_password     signed_in
accounts.change_user         admin
accounts.confirm_link        public
accounts.create_user         admin
accounts.disable             admin
accounts.enable              admin
accounts.end_sign_ins        admin
accounts.forgotten_password  public
accounts.hand_over           admin
accounts.keep_password       signed_in
accounts.links_as_workbook   admin
accounts.login               public
accounts.logout              public
accounts.make_all_links      admin
accounts.make_link           admin
accounts.new_user            admin
accounts.open_link           public
accounts.reset_password      admin
accounts.revoke_link         admin
accounts.sign_in             public
accounts.spend_link          public
accounts.user                admin
accounts.users               admin
campaigns.add_unit           city_admin
campaigns.announcement       member
campaigns.announcement_draft city_admin
campaigns.announcement_list  city_admin
campaigns.archive            city_admin
campaigns.change             city_admin
campaigns.change_units       city_admin
campaigns.changes            city_records
campaigns.copy               city_admin
campaigns.confirm_last_year  city_admin
campaigns.create             city_admin
campaigns.index              city_admin
campaigns.keep_copy          city_admin
campaigns.keep_round         city_admin
campaigns.last_year          city_admin
campaigns.limits             city_admin
campaigns.new                city_admin
campaigns.notice             member
campaigns.page               city_admin
campaigns.preview_last_year  city_admin
campaigns.publication        city_admin
campaigns.publish            city_admin
campaigns.publish_announcement  city_admin
campaigns.read_announcement  reporter
campaigns.remove             city_admin
campaigns.rewrite_announcement  city_admin
campaigns.rounds             city_admin
campaigns.set_limits         city_admin
campaigns.unit_list          city_admin
campaigns.withdraw_announcement  city_admin
campaigns.write_announcement  city_admin
consolidation.acknowledge    own_reviewer
consolidation.all_editions   desk
consolidation.charts         desk
consolidation.check_print    desk
consolidation.checks         desk
consolidation.difference     desk
consolidation.edition        desk
consolidation.edition_workbook desk
consolidation.export         desk
consolidation.export_edition desk
consolidation.freeze         own_reviewer
consolidation.item           desk
consolidation.made_workbook  desk
consolidation.overview       desk
consolidation.overview_workbook  desk
consolidation.print_edition  desk
consolidation.print_table    desk
consolidation.remove_filter  desk
consolidation.report_upward  own_reviewer
consolidation.save_filter    desk
consolidation.table          desk
consolidation.workbook       desk
duties.divide                divider
duties.page                  divider
forms.add_item               city_admin
forms.add_section            city_admin
forms.change_section         city_admin
forms.change_units           city_admin
forms.check                  city_admin
forms.confirm                city_admin
forms.confirm_import         city_admin
forms.confirmations          city_admin
forms.copy                   city_admin
forms.counterparts           city_admin
forms.difference             city_admin
forms.document               city_admin
forms.edition                city_admin
forms.editions               city_admin
forms.head                   city_admin
forms.item                   city_admin
forms.new_item               city_admin
forms.place_item             city_admin
forms.preview                city_admin
forms.preview_import         city_admin
forms.print_preview          city_admin
forms.publication            city_admin
forms.publish                city_admin
forms.remove                 city_admin
forms.remove_check           city_admin
forms.remove_item            city_admin
forms.save_check             city_admin
forms.save_counterparts      city_admin
forms.save_head              city_admin
forms.save_item              city_admin
forms.sections               city_admin
forms.workbook               city_admin
healthz                      public
home.home                    signed_in
home.organisation            member
organisations.add              admin
organisations.cancel_move      admin
organisations.change           admin
organisations.close            admin
organisations.confirm_roster   admin
organisations.download_roster  admin
organisations.merge            admin
organisations.move             admin
organisations.new_organisation admin
organisations.organisation     admin
organisations.preview_roster   admin
organisations.reopen           admin
organisations.roster           admin
organisations.tree             admin
paper.enter_code             member
paper.find_code              member
paper.open_code              member
questions.answer             answerer
questions.ask                reporter
questions.one                answerer
questions.page               report_reader
questions.publish            city_answerer
questions.review             reporter
questions.waiting            city_answerer
reminders.desk               chaser
reminders.note_call          chaser
reminders.note_posted        chaser
reminders.send_message       chaser
reminders.unit               chaser
reports.amount_words         reporter
reports.answer               reporter
reports.answer_import        reporter
reports.answer_passed_down   reporter
reports.carry                reporter
reports.comparison           report_reader
reports.confirm_import       reporter
reports.confirm_on_behalf    reporter
reports.correct_last_year    reporter
reports.correction           report_reader
reports.draft                report_reader
reports.enter_on_behalf      upper_reviewer
reports.explain              reporter
reports.fill_zeros           reporter
reports.import_page          reporter
reports.item_panel           report_reader
reports.keep_draft           reporter
reports.last_year            report_reader
reports.on_behalf            upper_reviewer
reports.on_behalf_submission upper_reviewer
reports.paste                reporter
reports.preview_import       reporter
reports.print_report         report_reader
reports.receipt              report_reader
reports.report               report_reader
reports.save_item            reporter
reports.save_sheet           reporter
reports.submission           reporter
reports.submit               reporter
reports.submit_on_behalf     upper_reviewer
reports.template             reporter
reports.undo_batch           reporter
reports.withdraw             reporter
reports.workbook             report_reader
reports.write_note           note_writer
reports.zero_report          reporter
review.accept                reviewer
review.extend                reviewer
review.page                  reviewer
review.queue                 reviewer
review.reopen                reviewer
review.send_back             reviewer
signed_copies.file           report_reader
signed_copies.match          reviewer
signed_copies.page           report_reader
signed_copies.upload         reporter
static                       public
status.board                 desk
status.rows                  desk
trail.report                 trail_reader
"""


def test_every_view_names_the_rule_that_it_is_meant_to_have(marked):
    found = {name: rule_of(marked.app, name).name for name in marked.app.view_functions}

    assert found == dict(line.split() for line in RULE_OF_VIEW.strip().split("\n"))


def test_rules_let_in_whom_the_domain_says():
    found = {rule.name: [reach(rule, role) for role in Role] for rule in rules.RULES}
    print(drawn(found))  # noqa: T201 - for reading with -s

    assert found == {name: [reach[role] for role in Role] for name, reach in WHO_MAY.items()}


def test_who_looks_down_is_who_has_a_rule_below():
    below = frozenset[Role]().union(*(rule.below for rule in rules.RULES))

    assert below == LOOKING_DOWN


def test_a_person_with_two_roles_may_what_either_may():
    both = person({Role.REPORTER, Role.AUDITOR})

    assert rules.reporter.permits(both, HERE)
    assert rules.trail_reader.permits(both, BELOW)
    assert not rules.reporter.permits(both, BELOW)


def test_a_person_without_roles_may_nothing_of_an_organisation():
    nobody = person(set())

    permitted = [rule.name for rule in rules.RULES if rule.permits(nobody, HERE)]

    assert permitted == []


def test_an_application_with_a_view_without_a_rule_does_not_start(app_with):
    app = app_with("/o/<organisation>/x", lambda: "")

    with pytest.raises(LookupError, match="names no rule"):
        check_views(app)


def test_something_else_in_the_place_of_a_rule_is_no_rule(app_with):
    app = app_with("/x", allow("public")(lambda: ""))  # type: ignore[arg-type]

    with pytest.raises(LookupError, match="names no rule"):
        check_views(app)


@pytest.mark.parametrize("rule", [rules.public, rules.signed_in])
def test_a_view_of_an_organisation_that_lets_everybody_in_does_not_start(app_with, rule):
    app = app_with("/o/<organisation>/x", allow(rule)(lambda: ""))

    with pytest.raises(LookupError, match="names an organisation"):
        check_views(app)


def test_a_rule_of_roles_needs_an_organisation_in_the_url(app_with):
    app = app_with("/x", allow(rules.desk)(lambda: ""))

    with pytest.raises(LookupError, match="names no organisation"):
        check_views(app)


@pytest.mark.parametrize(
    ("url", "rule"),
    [("/x", rules.public), ("/x", rules.signed_in), ("/o/<organisation>/x", rules.desk)],
)
def test_a_view_with_a_fitting_rule_starts(app_with, url, rule):
    check_views(app_with(url, allow(rule)(lambda: "")))


HERE, BELOW, ABOVE = 1, 2, 3


def person(roles: set[Role], parent: int | None = None) -> Person:
    """Somebody of organisation 1 with these roles; it is the city unless a parent is given."""
    return Person(
        token="",
        id=1,
        username="x",
        name="x",
        roles=frozenset(roles),
        must_change_password=False,
        organisation=Organisation(id=HERE, parent_id=parent, code="x", path="/00000001/"),
        seen_at=NOW,
    )


def reach(rule: rules.Rule, role: Role) -> str:
    """Where the rule lets somebody with this role alone in."""
    if rule is rules.public:
        return "both"
    own, below = (rule.permits(person({role}), place) for place in (HERE, BELOW))
    if own and not rule.permits(person({role}, parent=ABOVE), HERE):
        return "all" if below else "city"
    return {(True, True): "both", (True, False): "own", (False, True): "below"}.get(
        (own, below), "-"
    )


def drawn(table: dict[str, Any]) -> str:
    """A table as lines in alphabetical order."""
    lines = (
        [name, *([row] if isinstance(row, str) else row)] for name, row in sorted(table.items())
    )
    return "\n".join("".join(f"{word:<16}" for word in line).rstrip() for line in lines)


@pytest.fixture
def app_with() -> Callable[[str, Callable[..., Any]], Flask]:
    """Make a bare application with one view of the test's own."""

    def make(url: str, view: Callable[..., Any]) -> Flask:
        app = Flask("portal")
        app.add_url_rule(url, "a.view", view)
        return app

    return make
