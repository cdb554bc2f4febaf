"""Docstrings: a public function with a `raise` statement names what it raises."""

import ast
from collections.abc import Iterator
from pathlib import Path

PORTAL = Path(__file__).parents[2] / "portal"


def sources() -> list[Path]:
    """Every module but views and commands: these answer people, whose refusals other tests walk."""
    found = sorted(PORTAL.rglob("*.py"))
    outer = {"cli", "migrations"}
    return [p for p in found if not p.name.endswith("views.py") and not outer & {*p.parts}]


def unnamed_errors(source: str) -> Iterator[str]:
    """Each public function or method with the errors that its docstring leaves out."""
    for function, name in _public(ast.parse(source), ""):
        documented = ast.get_docstring(function) or ""
        missing = sorted(error for error in _raised(function) if error not in documented)
        if missing:
            yield f"{name}: {', '.join(missing)}"


def _public(parent: ast.AST, prefix: str) -> Iterator[tuple[ast.FunctionDef, str]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if isinstance(node, ast.FunctionDef):
                yield node, prefix + node.name
            else:
                yield from _public(node, f"{prefix}{node.name}.")


def _raised(function: ast.AST) -> set[str]:
    """The errors raised in the function's own body; a bare `raise` passes one on."""
    errors: set[str] = set()
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        errors |= _raised(node)
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            errors.add(ast.unparse(error).rpartition(".")[2])
    # A lower-case name is a function that makes the error, or a caught one.
    return {error for error in errors if error[0].isupper()}


def test_public_functions_name_what_they_raise() -> None:
    unnamed = [
        f"{path.relative_to(PORTAL)} {fault}"
        for path in sources()
        for fault in unnamed_errors(path.read_text(encoding="utf-8"))
    ]

    assert unnamed == []


def test_an_unnamed_error_is_reported() -> None:
    source = '''
class Report:
    def submit(self):
        """Submit the report."""
        if self.frozen:
            raise problems.NotAllowedNow("already submitted")

def parse(text):
    """Parse a number; raises `ValueError` for any other text."""
    try:
        return int(text)
    except ValueError:
        raise
    except TypeError as error:
        raise ValueError(text) from error

def _check(value):
    raise KeyError(value)
'''

    assert list(unnamed_errors(source)) == ["Report.submit: NotAllowedNow"]
