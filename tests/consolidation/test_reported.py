"""At one instant every page, paper and workbook of a city says the same figures as reported."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access import tenancy
from portal.collection.assignment import find_assignment
from portal.consolidation.choice import Choice
from portal.consolidation.editions import earlier, operations
from portal.consolidation.editions import paper as edition_paper
from portal.consolidation.editions.paper import content_of_edition
from portal.consolidation.exports import paper
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.overview import Wording, overview_of, paragraph_of
from portal.consolidation.sources import freezing, sources_of
from portal.consolidation.table import table_of
from portal.consolidation.tree import read_tree
from portal.domain.consolidation import edition
from portal.domain.consolidation.placement import add_up
from portal.domain.consolidation.sources import FREEZABLE
from portal.domain.figures import canonical
from portal.domain.report.submission import canonical_bytes, fingerprint
from portal.models import ConsolidationEdition
from portal.storage.db import db
from tests.consolidation.conftest import (
    CAMPAIGN,
    EDITION,
    NOW,
    City,
    add_campaign,
    add_organisations,
    make_app,
)
from tests.consolidation.test_sums import SIZE, STATES, random_units

GIVER = "u0"
WAN = 1_000_000


@pytest.fixture(scope="module", params=range(4))
def grown(request, tmp_path_factory):
    """A random city with its reports; the last one's own report is 全口径."""
    random = Random(request.param)  # noqa: S311 - no secret
    units = random_units(random)
    units[0] = (*units[0][:4], "full" if request.param == 3 else "own", True)
    document = json.loads(EDITION.read_text(encoding="utf-8"))
    app = make_app(tmp_path_factory.mktemp("reported"))
    with app.app_context():
        organisations = add_organisations(units)
        add_campaign(document, organisations, units)
        city, figures = City(app, document, organisations), {}
        for code in organisations:
            state = "accepted" if code == GIVER else random.choice((*STATES, "accepted"))
            if state:
                figures[code] = reported_by(random)
                city.report(code, state, **figures[code])
        yield city, figures
        db.engine.dispose()


def reported_by(random):
    """What one unit reports: what came from above, if it says that at all, and what it raised."""
    received = random.choice([None, 0, random.randrange(90) * WAN])
    return {"A2": received, "A3": random.randrange(90) * WAN, "B": random.randrange(9)}


def kept_of(node, frozen):
    """An edition as it is kept and read back."""
    content = canonical_bytes(edition.document(frozen, number=1, at=NOW, by="张慧"))
    row = ConsolidationEdition(
        number=1,
        scope=frozen.scope,
        document=content.decode(),
        sha256=fingerprint(content),
        counted=frozen.sources.counted,
        frozen_at=NOW,
        frozen_by="张慧",
    )
    return operations.FrozenEdition(row, node.form)


def expected_of(node, figures):
    """The sums as added, and what is taken off A and A2, by the words of the rule alone."""
    codes = [member.code for member in node.standing.included]
    given = node.tree.allocated
    off = sum(min(given.get(c, 0), figures[c]["A2"] or 0) for c in codes if c != GIVER)
    asked = node.tree.answer and GIVER in codes
    return add_up(node.form, [figures[code] for code in codes]), off if asked else 0


def on_sheet(sheet):
    """The one column of a sheet by item."""
    return {row.item.code: row.figures[0] for row in sheet.rows}


@given(
    allocated=st.dictionaries(
        st.integers(0, SIZE - 1).map("u{}".format), st.integers(1, 90 * WAN), min_size=8
    ),
    answer=st.sampled_from([True, True, False, None]),
    scope=st.sampled_from(FREEZABLE),
)
@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
def test_all_papers_of_one_instant_agree(grown, allocated, answer, scope):
    city, figures = grown
    tenancy.enter(city.organisations[GIVER])
    assignment = find_assignment(db.session(), CAMPAIGN)
    with tenancy.subtree(city.organisations[GIVER]) as session:
        tree = read_tree(session, assignment.expectation)
        node = ConsolidationScope(
            assignment, replace(tree, allocated=allocated, answer=answer), scope
        )
        live = on_sheet(paper.form_of_totals(session, node, NOW))
        table = table_of(session, node, 1, Choice(), None)
        overview = overview_of(session, node, None, NOW)
        words = paragraph_of(node, overview, None, NOW, Wording())
        _, book = paper.book_to_export(session, node, NOW)
        kept = kept_of(node, freezing(session, node, NOW))
        difference = operations.difference_now(session, kept, node)
        sources = sources_of(node)

    simple, off = expected_of(node, figures)
    net = {
        code: simple[code] - off if code in ("A", "A2") and off else simple[code] for code in simple
    }
    locked = content_of_edition(kept)
    assert live == net == dict(overview.reported) == dict(kept.frozen.reported.figures)
    assert on_sheet(edition_paper.form_of_totals(kept)) == net
    assert on_sheet(edition_paper.sheet_of(kept)) == dict(table.total) == simple
    assert book.whole == locked.whole == simple
    for one in (table, overview, book, locked, kept.frozen):
        taken = one.deduction
        if node.allocations:
            assert (taken.simple, taken.passed_down, taken.net) == (simple["A"], off, net["A"])
        else:
            assert taken is None
    assert f"筹集送温暖款物{canonical(net['A'], node.form.by_code['A'].unit)}万元" in words
    assert not difference
    assert kept.frozen.seen == sources.seen(scope, node.form)
    assert kept.frozen.sources.counted == sources.counted
    known = earlier.fingerprint_of(node, sources)
    assert earlier.fingerprint_of(node, kept.frozen.sources) == known
    without = replace(node, tree=replace(tree, allocated={}, answer=answer))
    assert (earlier.fingerprint_of(node, sources_of(without)) == known) == (not node.allocations)
