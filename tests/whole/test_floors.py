"""The floors of the portal: every import looks downwards, and capabilities never meet."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DOMAIN, KNOWLEDGE, CAPABILITIES, ASSEMBLY = 1, 2, 3, 4
FLOOR_OF_PACKAGE = {
    "domain": DOMAIN,
    "access": KNOWLEDGE,
    "collection": KNOWLEDGE,
    "maintenance": KNOWLEDGE,
    "messages": KNOWLEDGE,
    "models": KNOWLEDGE,
    "register": KNOWLEDGE,
    "storage": KNOWLEDGE,
    "web": KNOWLEDGE,
    "workbooks": KNOWLEDGE,
    "migrations": KNOWLEDGE,
    "cli": ASSEMBLY,
    "demo": ASSEMBLY,
}
ASSEMBLY_MODULES = {"portal", "portal.cli", "portal.demo", "portal.server", "wsgi"}
UNREADABLE = "?"

Modules = dict[str, Path]


def test_every_import_of_the_portal_looks_downwards():
    modules = modules_of(ROOT)

    found = {
        module: breaches(module, path.read_text(encoding="utf-8"), modules)
        for module, path in modules.items()
    }

    assert {module: reasons for module, reasons in found.items() if reasons} == {}


def test_every_floor_is_among_the_modules_read():
    modules = modules_of(ROOT)

    floors = {floor_of(module, modules) for module in modules}

    assert floors == {DOMAIN, KNOWLEDGE, CAPABILITIES, ASSEMBLY}


def dotted(path: Path) -> str:
    """The name under which a file, seen from the root, is imported."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


IMAGINED = {
    dotted(Path(name)): Path(name)
    for name in (
        "wsgi.py",
        "portal/__init__.py",
        "portal/cli.py",
        "portal/demo.py",
        "portal/server.py",
        "portal/storage/db.py",
        "portal/access/tenancy.py",
        "portal/domain/__init__.py",
        "portal/domain/form/form.py",
        "portal/domain/figures.py",
        "portal/models/__init__.py",
        "portal/models/report.py",
        "portal/migrations/env.py",
        "portal/reports/__init__.py",
        "portal/reports/views.py",
        "portal/reports/operations.py",
        "portal/reports/queries.py",
        "portal/reports/receipt.py",
        "portal/review/__init__.py",
        "portal/review/queries.py",
        "portal/trail/__init__.py",
    )
}

REFUSED = [
    ("portal.domain.form.form", "import flask", "only the standard library"),
    ("portal.domain.form.form", "from sqlalchemy import select", "only the standard library"),
    ("portal.domain.form.form", "def now():\n    import openpyxl", "only the standard library"),
    ("portal.domain.form.form", "from portal.models import report", "portal.models.report"),
    ("portal.domain.form.form", "from .. import db", "portal.storage.db"),
    ("portal.domain", "from ..models.report import Report", "portal.models.report"),
    ("portal.domain.form.form", "from portal import create_app", "portal is above"),
    ("portal.storage.db", "import portal", "portal is above"),
    ("portal.storage.db", "import portal.reports.queries", "portal.reports.queries"),
    ("portal.storage.db", "from portal.cli import main", "portal.cli"),
    ("portal.models.report", "from portal.reports import queries", "portal.reports.queries"),
    ("portal.migrations.env", "from portal.demo import city", "portal.demo"),
    (
        "portal.storage.db",
        "from importlib import import_module\nimport_module('portal.cli')",
        "portal.cli",
    ),
    ("portal.storage.db", "__import__('portal.cli')", "portal.cli"),
    ("portal.storage.db", "import importlib\nimportlib.import_module(name)", "cannot be read"),
    ("portal.reports.views", "from portal.review import queries", "another capability"),
    ("portal.reports.queries", "from portal.review.queries import waiting", "another capability"),
    ("portal.reports.views", "from ..review.queries import waiting", "another capability"),
    ("portal.reports.views", "from portal import review", "another capability"),
    ("portal.trail", "from portal import reports", "another capability"),
    ("portal.reports.views", "from portal.trail import entries", "another capability"),
    ("portal.trail", "from ..review.queries import waiting", "another capability"),
    ("portal.migrations.env", "from .. import trail", "portal.trail is above"),
    ("portal.reports", "from portal.server import serve", "portal.server"),
    ("portal.reports", "import wsgi", "wsgi"),
    ("portal.reports.operations", "from flask import request", "speaks flask"),
    ("portal.reports.queries", "import flask.globals", "speaks flask"),
    ("portal.reports.queries", "from flask_login import current_user", "speaks flask_login"),
    ("portal.reports.operations", "import flask_login", "speaks flask_login"),
    ("portal.reports.receipt", "from flask import url_for", "speaks flask"),
    ("portal.reports", "from flask import Blueprint", "speaks flask"),
    ("portal.reports.operations", "from portal.reports import views", "from its views"),
    ("portal.reports.operations", "from .views import show", "from its views"),
    ("portal.reports.queries", "from portal.reports.views import show", "from its views"),
    ("portal.reports.receipt", "from . import views", "from its views"),
]

ALLOWED = [
    ("portal.domain.form.form", "import re\nfrom dataclasses import dataclass"),
    ("portal.domain.form.form", "from portal.domain.figures import read\nfrom . import figures"),
    ("portal.domain", "from .form import Form"),
    (
        "portal.storage.db",
        "import flask\nfrom portal import tenancy\nimport portal.domain.form.form",
    ),
    ("portal.models.report", "from portal.storage.db import Base\nfrom portal.domain import form"),
    ("portal.migrations.env", "from portal.models import report"),
    ("portal.reports.views", "import flask, flask_login\nfrom portal.reports import operations"),
    ("portal.reports.views", "from . import queries\nfrom portal import tenancy"),
    ("portal.reports.operations", "from portal.reports.queries import report_for"),
    ("portal.reports.receipt", "from portal.models.report import Report\nimport xlsxwriter"),
    ("portal.reports", "from portal.reports.views import bp"),
    ("portal", "import flask\nfrom portal import cli, reports, trail"),
    ("portal", "import importlib\nimportlib.import_module(f'portal.{name}.views')"),
    ("portal.server", "from . import create_app\nfrom .reports.views import bp"),
    ("portal.cli", "from portal import create_app, demo\nfrom importlib import import_module"),
    ("wsgi", "from portal import create_app"),
]


@pytest.mark.parametrize(("module", "source", "reason"), REFUSED)
def test_an_import_against_the_picture_is_reported(module, source, reason):
    found = breaches(module, source, IMAGINED)

    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(("module", "source"), ALLOWED)
def test_an_import_within_the_picture_is_not_reported(module, source):
    found = breaches(module, source, IMAGINED)

    assert found == []


def test_modules_of_every_depth_are_read(tmp_path):
    for name in ("wsgi.py", "portal/__init__.py", "portal/storage/db.py", "portal/a/b/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert set(modules_of(tmp_path)) == {"wsgi", "portal", "portal.storage.db", "portal.a.b.c"}


def modules_of(root: Path) -> Modules:
    """The dotted name and path of wsgi.py and of every module under portal/."""
    paths = [root / "wsgi.py", *sorted((root / "portal").rglob("*.py"))]
    return {dotted(path.relative_to(root)): path for path in paths}


def floor_of(module: str, modules: Modules) -> int:
    """The floor a module stands on: a package that has no fixed one is a capability."""
    if module in ASSEMBLY_MODULES:
        return ASSEMBLY
    package = module.split(".")[1]
    if package in FLOOR_OF_PACKAGE:
        return FLOOR_OF_PACKAGE[package]
    return CAPABILITIES if _is_package(f"portal.{package}", modules) else KNOWLEDGE


def _is_package(module: str, modules: Modules) -> bool:
    path = modules.get(module)
    return path is None or path.name == "__init__.py"


def breaches(module: str, source: str, modules: Modules) -> list[str]:
    """One sentence for each import in `source`, the text of `module`, that the picture forbids."""
    reasons = (
        _breach(module, target, modules) for target in imports(module, ast.parse(source), modules)
    )
    return [f"{module}: {reason}" for reason in reasons if reason]


def _breach(module: str, target: str, modules: Modules) -> str | None:
    if target == UNREADABLE:
        may_import_all = floor_of(module, modules) == ASSEMBLY
        return None if may_import_all else "imports a name that cannot be read here"
    if target.split(".")[0] in {"portal", "wsgi"}:
        return _inner_breach(module, target, modules)
    return _outer_breach(module, target.split(".")[0], modules)


def _inner_breach(module: str, target: str, modules: Modules) -> str | None:
    own, other = floor_of(module, modules), floor_of(target, modules)
    if other > own:
        return f"{target} is above"
    if own == other == CAPABILITIES and _capability(module) != _capability(target):
        return f"{target} belongs to another capability"
    if own == other == CAPABILITIES and _is_views(target) and not _may_know_views(module):
        return f"{target}: only its own package takes a capability from its views"
    return None


def _outer_breach(module: str, library: str, modules: Modules) -> str | None:
    floor = floor_of(module, modules)
    if floor == DOMAIN and library not in sys.stdlib_module_names:
        return f"{library}: the domain knows only the standard library"
    if floor == CAPABILITIES and library in {"flask", "flask_login"} and not _is_views(module):
        return f"speaks {library}, which only views do"
    return None


def _capability(module: str) -> str:
    return module.split(".")[1]


def _is_views(module: str) -> bool:
    return module.count(".") > 1 and module.rsplit(".", 1)[1].endswith("views")


def _may_know_views(module: str) -> bool:
    return _is_views(module) or module.count(".") == 1


def imports(module: str, tree: ast.Module, modules: Modules) -> Iterator[str]:
    """Every module that the code names in an import, wherever it stands, relative ones resolved."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _named_from(_origin(module, node, modules), node, modules)
        elif isinstance(node, ast.Call) and _imports_by_name(node.func):
            yield _literal(node)


def _origin(module: str, node: ast.ImportFrom, modules: Modules) -> str:
    if not node.level:
        return node.module or ""
    climbed = node.level - (1 if _is_package(module, modules) else 0)
    parts = module.split(".")
    parts = parts[: len(parts) - climbed]
    return ".".join([*parts, node.module] if node.module else parts)


def _named_from(origin: str, node: ast.ImportFrom, modules: Modules) -> Iterator[str]:
    # `from portal import db, create_app` names the module portal.storage.db, and a thing within portal.
    targets = [f"{origin}.{alias.name}" for alias in node.names]
    yield from (target for target in targets if target in modules)
    if any(target not in modules for target in targets):
        yield origin


def _imports_by_name(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in {"import_module", "__import__"}


def _literal(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return UNREADABLE
