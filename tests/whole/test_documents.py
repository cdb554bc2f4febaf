"""The documents for readers: what they link to and the files that they name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
HEADS = {
    "README.md": ("make run", "make test", "docs/operating.md", "docs/architecture.md"),
    "CONTRIBUTING.md": ("tests/whole/test_floors.py", ".ci/run"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file_or_heading(name):
    assert broken_links(ROOT / name) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_exists(name):
    named = re.findall(r"`((?:portal|tests|docs|deploy|\.ci)/[\w./-]+\.\w+)`", text_of(ROOT / name))

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", HEADS)
def test_a_document_says_what_others_look_for_in_it(name):
    text = text_of(ROOT / name)

    assert [word for word in HEADS[name] if word not in text] == []


@pytest.mark.parametrize("link", ["missing.md", "other.md#nowhere", "#nowhere"])
def test_a_link_to_nothing_is_found(tmp_path, link):
    (tmp_path / "other.md").write_text("# 有\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"# Here\n[here](#here) [other](other.md#有) [none]({link})\n", "utf-8")

    assert broken_links(page) == [link]


def broken_links(document: Path) -> list[str]:
    """The relative links of a document that lead to no file, or to no heading in it."""
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(document))
    return [link for link in links if "://" not in link and not _leads_somewhere(document, link)]


def _leads_somewhere(document: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    target = document.parent / name if name else document
    return target.exists() and (not heading or heading in _headings(target))


def _headings(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text_of(document), re.M)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def text_of(document: Path) -> str:
    """The words of a document."""
    return document.read_text(encoding="utf-8")
