"""The pages of a report, read by their rows, fields and buttons."""

from dataclasses import dataclass

from tests import markup
from tests.markup import Part, words


@dataclass(frozen=True)
class Page(markup.Page):
    """A page of a report, or a fragment of one."""

    def at(self, name: str) -> Part:
        """The element with this id, which must be there."""
        found = self.by_id(name)
        assert found is not None, f"nothing has the id {name}"
        return found

    def says(self, name: str) -> str:
        """The words of the element with this id."""
        return words(self.at(name).root)

    def row(self, item: str) -> Part:
        """The row of an item, or the fragment that was answered in its place."""
        return self.by_id(f"item-{item}") or self.at(f"state-{item}")

    def state(self, item: str) -> str:
        """The state that a row shows."""
        return self.row(item).get("data-state")

    def value(self, item: str) -> str:
        """The figure that a row says it has."""
        return self.row(item).get("data-value")

    def version(self, item: str) -> str:
        """The version that the next save of a row has to name."""
        return self.field(f"{item}.version")

    def field(self, name: str) -> str:
        """What stands in the first field of this name."""
        found = [each for each in self.all("input") if each.root.get("name") == name]
        assert found, f"no field is called {name}"
        return found[0].root.get("value", "")

    def sheet(self) -> dict[str, str]:
        """Everything that the whole sheet would post if none of its buttons were pressed."""
        within = {id(each) for each in self.at("sheet").root.iter()}
        return {
            each.root.get("name", ""): each.root.get("value", "")
            for each in self.all("input")
            if each.root.get("form") == "sheet" or id(each.root) in within
        }

    def buttons(self) -> list[tuple[str, str]]:
        """The names and values of the buttons that post the sheet, in the page's order."""
        form = self.by_id("sheet")
        within = {id(each) for each in form.root.iter()} if form else set()
        return [
            (each.root.get("name", ""), each.root.get("value", ""))
            for each in self.all("button")
            if each.root.get("form") == "sheet" or id(each.root) in within
        ]

    def actions(self) -> set[str]:
        """The names of the links and buttons that the page offers."""
        return {each.get("data-action") for each in self.all(action=None)}

    def problems(self) -> set[tuple[str, str]]:
        """The grade and the item of every problem that the page lists."""
        return {(each.get("data-issue"), each.get("data-code")) for each in self.all(issue=None)}
