"""The kinds of checks: each is one object, and a new one needs nothing else."""

from dataclasses import fields

import pytest

from portal.domain.checks.finding import Facts, find_issues, rules_at
from portal.domain.checks.kind import CheckKind, Limit, whole
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.checks.limits import settings_of
from portal.domain.checks.years import copied
from portal.domain.drafting.checks import kinds_left, with_check
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import parse_form
from portal.domain.form.formulas import with_totals


def test_kinds_are_offered_in_their_order():
    assert tuple(CHECK_KINDS) == (
        *("within", "arrears-people", "money-without-people", "people-without-money"),
        *("yuan-slip", "per-head", "spent-raised", "spent-raised-all", "registered-twice"),
        *("year-on-year", "copied", "allocation", "households"),
    )


@pytest.mark.parametrize("kind", CHECK_KINDS.values(), ids=CHECK_KINDS)
def test_kind_says_where_it_comes_from_and_uses_what_rules_hold(kind):
    assert len(kind.source) > 8
    assert {setting.name for setting in kind.settings} <= {each.name for each in fields(CheckRule)}
    assert kind.dropped_for in {"", *CHECK_KINDS} - {kind.id}


def test_one_more_kind_is_one_object(monkeypatch, document_2027):
    kind = CheckKind(
        id="unchanged",
        name="两期完全相同",
        sentence="与上年完全相同的非零数达到下面的项数时指出。",
        source="市总核对数据的要求",
        grade=Grade.HINT,
        settings=(whole("at_least", "项数", Limit("相同的非零项达到", "项", 100)),),
        find=copied,
    )
    monkeypatch.setitem(CHECK_KINDS, kind.id, kind)
    assert kinds_left(document_2027)[-1] == "unchanged"

    typed = {"grade": "提示", "about": "", "at_least": "2"}
    form = parse_form(with_check(document_2027, "unchanged", typed))

    figures = with_totals(form, {"G": 3, "H": 4})
    [issue] = [i for i in find_issues(form, Facts(figures, figures)) if i.check == "unchanged"]
    assert (issue.code, issue.grade) == ("G", Grade.HINT)
    limits = {setting.name: setting.standard for setting in settings_of(form, {})}
    assert limits["unchanged.at_least"] == "2"
    assert "unchanged" not in {rule.id for rule in rules_at(form, form.by_code["G"])}
