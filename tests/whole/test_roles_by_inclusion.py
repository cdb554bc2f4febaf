"""A role gets nothing until a rule names it: no set of roles is built by leaving others out."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Rules are made at import, so the enum must have the role before anything imports it.
WITH_ONE_MORE_ROLE = """
import importlib.abc, importlib.machinery, importlib.util, sys

class OneMoreRole(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        text = self.get_data(self.path).decode().replace(
            'AUDITOR = "auditor"', 'AUDITOR = "auditor"\\n    ONE_MORE = "one-more"'
        )
        return compile(text, self.path, "exec")

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "portal.models.user":
            return None
        file = path[0] + "/user.py"
        return importlib.util.spec_from_file_location(name, file, loader=OneMoreRole(name, file))

sys.meta_path.insert(0, Finder())
from portal.access import identity, rules
from portal.models.user import Role

one_more = Role("one-more")
named = [each for each in vars(rules).values() if isinstance(each, rules.Rule)]
print(len(named), *(each.name for each in named if one_more in each.own | each.below))
print(one_more in identity.LOOKING_DOWN)
"""


def test_a_role_added_to_the_enum_is_in_no_rule():
    said = subprocess.run(
        [sys.executable, "-c", WITH_ONE_MORE_ROLE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert int(said[0]) > 15
    assert said[1:] == ["False"]


def test_no_set_of_roles_leaves_others_out():
    files = sorted((ROOT / "portal").rglob("*.py"))

    found = {path.name: exclusions(path.read_text(encoding="utf-8")) for path in files}

    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "own = frozenset(Role)",
        "own = set(Role) - {Role.VIEWER}",
        "own = {*Role}",
        "own = _DESK | frozenset(user.Role)",
        "own = _EVERYBODY - _roles(Role.VIEWER)",
        "own = everybody.difference({Role.VIEWER})",
        "own = frozenset(role for role in Role if role is not Role.VIEWER)",
        "own = {role for role in Role if role != Role.VIEWER}",
    ],
)
def test_a_set_by_exclusion_is_reported(source):
    assert exclusions(source) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "own = frozenset({Role.REPORTER, Role.HEAD}) | _DESK",
        "roles = frozenset(Role(role) for role in row.roles)",
        "roles = [role for role in Role if role in wanted]",
        "days = due - opens",
    ],
)
def test_a_set_that_names_its_roles_is_not_reported(source):
    assert exclusions(source) == []


def exclusions(source: str) -> list[int]:
    """The lines on which a set of roles is made from all of them, or by taking some away."""
    found = (node for node in ast.walk(ast.parse(source)) if _excludes(node))
    return sorted({getattr(node, "iter", node).lineno for node in found})


def _excludes(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="frozenset" | "set"), args=[whole]) if _is_role(whole):
            return True
        case ast.Starred(value=whole) if _is_role(whole):
            return True
        case (
            ast.BinOp(op=ast.Sub(), right=taken)
            | ast.Call(func=ast.Attribute(attr="difference"), args=[taken])
        ):
            return _names_roles(taken)
        case ast.comprehension(iter=whole, ifs=ifs) if _is_role(whole):
            return any(isinstance(op, ast.IsNot | ast.NotEq | ast.NotIn) for op in _operators(ifs))
    return False


def _is_role(node: ast.AST) -> bool:
    return getattr(node, "id", getattr(node, "attr", "")) == "Role"


def _names_roles(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and _is_role(part.value) for part in ast.walk(node))


def _operators(conditions: list[ast.expr]) -> Iterator[ast.cmpop]:
    for condition in conditions:
        for part in ast.walk(condition):
            if isinstance(part, ast.Compare):
                yield from part.ops
