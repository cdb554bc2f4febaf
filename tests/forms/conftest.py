"""The city's administrator at the form editions: what is pressed there, and what was kept of it."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.domain.form.form import Form, parse_form
from tests.cast import Character, City
from tests.markup import Page

FORM = "songwennuan"


@dataclass
class Editor:
    """Somebody at the editions of the city's form; a post carries the revision that is kept."""

    person: Character
    at: str = "shizong"

    @property
    def city(self) -> City:
        """The city that they live in."""
        return self.person.city

    def url(self, version: str = "", below: str = "") -> str:
        """The address of the list, of an edition, or of something below it."""
        return f"/o/{self.at}/forms" + (f"/{FORM}/{version}" if version else "") + below

    def get(self, version: str = "", below: str = "") -> TestResponse:
        """Open a page."""
        return self.person.get(self.url(version, below))

    def page(self, version: str = "", below: str = "") -> Page:
        """A page that must be there."""
        return self.person.page(self.url(version, below))

    def post(
        self, version: str, below: str, *, revision: int | None = None, **fields: Any
    ) -> TestResponse:
        """Post a form of an edition, drawn from its present state unless told otherwise."""
        seen = self.revision(version) if revision is None else revision
        return self.person.post(self.url(version, below), revision=str(seen), **fields)

    def does(self, version: str, below: str, **fields: Any) -> None:
        """Post what must be kept."""
        answer = self.post(version, below, **fields)
        assert answer.status_code == 303, Page.of(answer.text).text[:600]

    def refused(self, version: str, below: str, **fields: Any) -> str:
        """Post what must be refused as not understood; answers what the page says."""
        before = self.row(version)
        answer = self.post(version, below, **fields)
        assert answer.status_code == 422, answer.status
        assert self.row(version) == before
        return Page.of(answer.text).text

    def copy(self, source: str = "2022.1", version: str = "2028.1", **fields: str) -> str:
        """Copy an edition into a draft; answers its version."""
        self.does(
            source,
            "/copies",
            **{
                "new_version": version,
                "new_title": f"{version[:4]}年统计表",
                "compared_with": "this",
            }
            | fields,
        )
        return version

    def change_item(self, version: str, code: str, **changed: str) -> TestResponse:
        """Type over some fields of an item's page and save it."""
        return self.post(version, f"/items/{code}", **self.typed_item(version, code) | changed)

    def typed_item(self, version: str, code: str) -> dict[str, str]:
        """The fields of an item's page as they stand in it."""
        item = next(one for one in self.document(version)["items"] if one["code"] == code)
        fields = {name: str(text) for name, text in item.items() if name != "provenance"}
        return fields | {"formula": "+".join(item.get("formula", []))}

    def upload(self, content: bytes, name: str = "表样.json") -> TestResponse:
        """Choose a file on the list's page and press 查看内容."""
        return self.person.post(f"{self.url()}/imports", file=(BytesIO(content), name))

    def row(self, version: str) -> dict[str, Any] | None:
        """An edition as the database keeps it, or None."""
        query = "SELECT * FROM form_edition WHERE form = ? AND version = ?"
        return next(({**row} for row in self.city.rows(query, FORM, version)), None)

    def revision(self, version: str) -> int:
        """How often an edition was written."""
        row = self.row(version)
        return int(row["revision"]) if row else 0

    def document(self, version: str) -> dict[str, Any]:
        """The data of an edition."""
        row = self.row(version)
        assert row is not None
        document: dict[str, Any] = json.loads(row["document"])
        return document

    def form(self, version: str) -> Form:
        """The form of an edition."""
        return parse_form(self.document(version))

    def confirmed(self, version: str) -> dict[str, str]:
        """The ground on which each reconstructed item of an edition was confirmed."""
        query = (
            "SELECT c.code, c.statement FROM item_confirmation c "
            "JOIN form_edition e ON e.id = c.edition_id WHERE e.version = ? ORDER BY c.code"
        )
        return {row["code"]: row["statement"] for row in self.city.rows(query, version)}

    def trail(self, action: str) -> list[str]:
        """What the city's trail tells of an action, the first one first."""
        query = "SELECT note FROM trail WHERE action = ? ORDER BY id"
        return [row["note"] for row in self.city.rows(query, action)]


@pytest.fixture
def editor(city: Character) -> Editor:
    """The city's administrator."""
    return Editor(city)
