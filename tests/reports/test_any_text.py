"""Any text at all: it is kept exactly as it reads, or it changes nothing; it is never a fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.figures import canonical, parse_figure
from portal.domain.form.form import parse_form
from tests.cast import open_city
from tests.founding import edition
from tests.reports.page import Page
from tests.reports.reporter import Reporter

FORM = parse_form(edition("2027.1"))
FIGURES = "0123456789０１２３４５６７８９,，.．"
texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=FIGURES, max_size=14),
    st.from_regex(r"[ 　]*[0-9]{1,9}([.．][0-9]{0,7})?[ 　]*", fullmatch=True),
    st.integers(min_value=0).map("{:,}".format),
    st.decimals(min_value=0, max_value=99_999_999, places=2).map(str),
)
versions = st.one_of(st.just("now"), st.text(max_size=12), st.integers(0, 3).map(str))
leaves = st.sampled_from(FORM.leaves)


@pytest.fixture(scope="module")
def someone(founded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reporter]:
    """鄂城, filling one report all along."""
    city = open_city(founded_city, tmp_path_factory.mktemp("any-text") / "instance")
    yield Reporter(city.person("echeng"))
    city.close()
    assert city.gate.refused == []


@given(item=leaves, typed=texts, version=versions)
def test_any_text_is_read_as_a_figure_or_refused(someone, item, typed, version):
    before, known = someone.value(item.code), str(someone.version(item.code))
    reading = parse_figure(_as_posted(typed), item.unit)
    sent = known if version == "now" else version

    fields = {item.code: typed, f"{item.code}.version": sent}
    answer = someone.post(f"/items/{item.code}", htmx=True, **fields)

    taken = reading.problem is None and (reading.figure == before or sent == known)
    kept = reading.figure if taken else before
    assert answer.status_code == (422 if reading.problem else 200 if taken else 409)
    assert someone.value(item.code) == kept
    assert Page.of(answer.text).value(item.code) == canonical(kept, item.unit)


@settings(max_examples=50)  # each posts half a dozen texts
@given(typed=st.dictionaries(leaves, texts, max_size=6))
def test_a_sheet_stores_the_readable_figures_only(someone, typed):
    before = {item: someone.value(item.code) for item in typed}
    fields = {}
    for item, text in typed.items():
        version, shown = someone.version(item.code), canonical(before[item], item.unit)
        fields |= {item.code: text, f"{item.code}.version": str(version)}
        fields |= {f"{item.code}.was": shown}

    answer = someone.post(**fields)

    readings = {item: parse_figure(_as_posted(text), item.unit) for item, text in typed.items()}
    wrong = any(reading.problem for reading in readings.values())
    assert answer.status_code == (422 if wrong else 303)
    for item, reading in readings.items():
        kept = before[item] if reading.problem else reading.figure
        assert someone.value(item.code) == kept


@settings(max_examples=50)  # each is posted to five places
@given(fields=st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=5))
def test_fields_of_any_name_are_no_fault_anywhere(someone, fields):
    kept = [someone.value(item.code) for item in FORM.leaves[:3]]
    ours = {"csrf_token", "below", "code", "htmx", "self", *(item.code for item in FORM.items)}
    strange = {name: text for name, text in fields.items() if name not in ours}

    answers = [
        someone.post(below, **strange)
        for below in ("", "/items/K", "/explanations", "/withdrawal", "/zeros/undoing")
    ]

    assert all(answer.status_code < 500 for answer in answers)
    assert [someone.value(item.code) for item in FORM.leaves[:3]] == kept


def _as_posted(text: str) -> str:
    """The text as it arrives: a form is sent in UTF-8, which has no half surrogates."""
    return text.encode("utf-8", "replace").decode()
