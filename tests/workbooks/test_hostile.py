"""Files made to do harm: each is answered within a second and 400 MB, none with an exception.

Run with ``-s`` to see the table.
"""

import json
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.form.form import Form
from portal.domain.intake.workbook import find_figures
from portal.domain.paper.sheet import report_sheet
from portal.workbooks import reading, reading_child
from portal.workbooks.gate import Refused
from portal.workbooks.reading import read_workbook
from portal.workbooks.sheet import report_workbook
from tests.workbooks.hostile import READ, Specimen, packed, specimens
from tests.workbooks.reading import HEAD

MAX_LENGTH = 1.0
"""Seconds, the start of the child process included."""

MAX_MEMORY = 400
"""MB, of any child process."""

TRIES = 3
"""A machine that is busy with other things may be slow once."""


@dataclass
class Outcome:
    """What became of one file."""

    specimen: Specimen
    sentence: str
    seconds: float

    @property
    def as_it_must(self) -> bool:
        says = self.specimen.says
        answered = self.sentence == READ if says == READ else says in self.sentence
        return answered and self.seconds <= MAX_LENGTH


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Every file of the collection with its answer."""
    return [_outcome(specimen) for specimen in specimens()]


def test_every_file_is_answered_in_time_and_with_the_right_sentence(outcomes: list[Outcome]):
    print(_table(outcomes))  # noqa: T201

    assert [outcome for outcome in outcomes if not outcome.as_it_must] == []
    assert len(outcomes) >= 60


def test_every_refusal_says_what_to_do_next(outcomes: list[Outcome]):
    sentences = {outcome.sentence for outcome in outcomes} - {READ}

    assert len(sentences) >= 15
    assert [each for each in sentences if "请" not in each or not each.endswith("。")] == []


GREATEST_MEMORY = """
import resource
from portal.workbooks.reading import Refused, read_workbook
from tests.workbooks.hostile import specimens
for specimen in specimens():
    try:
        read_workbook(specimen.content)
    except Refused:
        pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not measure processes")
def test_no_file_takes_more_memory_than_is_granted():
    # In a fresh process: the kernel counts a parent's own size as a peak of its children.
    measuring = [sys.executable, "-c", GREATEST_MEMORY]

    measured = subprocess.run(
        measuring, cwd=Path(__file__).parents[2], capture_output=True, check=True, timeout=300
    )

    megabytes = int(measured.stdout)
    print(f"{megabytes} MB at most")  # noqa: T201
    assert 0 < megabytes <= MAX_MEMORY


@pytest.fixture(scope="module")
def parts(form: Form) -> dict[str, bytes]:
    """The parts of a real report."""
    content = report_workbook(form, report_sheet(form, {"C9": 1, "D9": 2}, **HEAD))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SHARDS = (
    *(b"", b"<", b">", b'"', b"&", b"\x00", b"\xff", b"-1", b"9" * 30, b"<c>", b"</c>", b"<v>"),
    *(b't="s"', b't="x"', b' r="E0"', b' s="-5"', b"<row>", b"&#0;", b"<!DOCTYPE x>", b"_xD800_"),
)


@settings(max_examples=200)
@given(st.data())
def test_a_report_with_bent_parts_is_read_or_refused_and_never_fails(
    form: Form, parts: dict[str, bytes], data: st.DataObject
):
    name = data.draw(st.sampled_from(sorted(parts)))
    content = parts[name]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        content = content[:at] + data.draw(st.sampled_from(SHARDS)) + content[at + 2 :]

    with patch.object(reading, "_answer_of_child", _answer_in_this_process):
        try:
            figures = find_figures(form, read_workbook(packed({**parts, name: content}))).figures
        except Refused as refusal:
            figures = {}
            assert "请" in str(refusal)  # noqa: PT017

    assert {"C9", "D9"} >= set(figures)


def _answer_in_this_process(content: bytes, *, long: bool) -> bytes:
    assert not long
    return json.dumps(reading_child.answer_for(content)).encode()


def _outcome(specimen: Specimen) -> Outcome:
    quickest = float("inf")
    for _ in range(TRIES):
        began = time.perf_counter()
        sentence = _answer(specimen)
        quickest = min(quickest, time.perf_counter() - began)
        if quickest <= MAX_LENGTH:
            break
    return Outcome(specimen, sentence, quickest)


def _answer(specimen: Specimen) -> str:
    try:
        read_workbook(specimen.content)
    except Refused as refusal:
        return str(refusal)
    return READ


def _table(outcomes: list[Outcome]) -> str:
    lines = [
        f"{each.specimen.name:<50}{len(each.specimen.content):>9} B"
        f"{each.seconds * 1000:>6.0f} ms  {each.sentence or '读入'}"
        for each in outcomes
    ]
    return "\n".join(["", *lines])
