"""The floors of the portal: every import looks downwards, and capabilities never meet.

The order among wings and, inside the domain, among its sub-packages is written here and nowhere
else in code; CONTRIBUTING draws the same picture for people.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CAPABILITY = "a capability"
WINGS = (
    {"domain"},
    {"clock", "models", "settings"},
    {"migrations", "storage"},
    {"access", "messages"},
    {"maintenance", "register", "workbooks"},
    {"collection"},
    {"web"},
    {CAPABILITY},
    {"__main__", "cli", "demo", "server", "wsgi", ""},
)
"""The wings from the ground up; those of one floor never import one another."""

DOMAIN = (
    {"characters", "figures", "passwords", "report_state", "seen", "web_address"},
    {"campaign", "form"},
    {"checks"},
    {"report"},
    {"consolidation", "drafting", "intake"},
    {"paper"},
)
"""The sub-packages of the domain from the ground up, by the same rule."""

ASSEMBLY = len(WINGS) - 1
KNOWN = frozenset[str]().union(*WINGS)
MAX_ROOT_MODULES = 8
MAX_DOMAIN_ROOT_MODULES = 12
UNREADABLE = "?"

Modules = dict[str, Path]


def test_every_import_of_the_portal_looks_downwards():
    modules = modules_of(ROOT)

    found = {
        module: breaches(module, path.read_text(encoding="utf-8"), modules)
        for module, path in modules.items()
    }

    assert {module: reasons for module, reasons in found.items() if reasons} == {}


def test_every_wing_is_among_the_modules_read():
    modules = modules_of(ROOT)

    wings = {wing_of(module) for module in modules}

    assert wings == KNOWN


def test_every_room_of_the_domain_has_its_floor():
    rooms = {_room(module) for module in modules_of(ROOT) if wing_of(module) == "domain"}

    assert rooms - {""} == frozenset[str]().union(*DOMAIN)


def test_the_entrance_and_the_root_of_the_domain_stay_small():
    in_portal, in_domain = (list((ROOT / f).glob("*.py")) for f in ("portal", "portal/domain"))

    assert len(in_portal) <= MAX_ROOT_MODULES
    assert len(in_domain) <= MAX_DOMAIN_ROOT_MODULES


def dotted(path: Path) -> str:
    """The name under which a file, seen from the root, is imported."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


IMAGINED = {
    dotted(Path(name)): Path(name)
    for name in (
        "wsgi.py",
        "portal/__init__.py",
        "portal/cli/__init__.py",
        "portal/demo/__init__.py",
        "portal/server.py",
        "portal/storage/db.py",
        "portal/access/tenancy.py",
        "portal/collection/board.py",
        "portal/domain/__init__.py",
        "portal/domain/figures.py",
        "portal/domain/form/__init__.py",
        "portal/domain/form/form.py",
        "portal/domain/paper/sheet.py",
        "portal/domain/checks/pairs.py",
        "portal/domain/intake/paste.py",
        "portal/domain/drafting/draft.py",
        "portal/maintenance/backup.py",
        "portal/messages/mail.py",
        "portal/models/__init__.py",
        "portal/models/report.py",
        "portal/migrations/env.py",
        "portal/register/units.py",
        "portal/reports/__init__.py",
        "portal/reports/views.py",
        "portal/reports/operations.py",
        "portal/reports/queries.py",
        "portal/reports/receipt.py",
        "portal/reports/bulk/paste_views.py",
        "portal/review/__init__.py",
        "portal/review/queries.py",
        "portal/trail/__init__.py",
        "portal/web/errors.py",
        "portal/workbooks/reading.py",
    )
}

REFUSED = [
    ("portal.domain.form.form", "import flask", "only the standard library"),
    ("portal.domain.form.form", "from sqlalchemy import select", "only the standard library"),
    ("portal.domain.figures", "def now():\n    import openpyxl", "only the standard library"),
    ("portal.domain.form.form", "from portal.models import report", "portal.models.report"),
    ("portal.domain.figures", "from ..storage import db", "portal.storage.db"),
    ("portal.domain", "from ..models.report import Report", "portal.models.report"),
    ("portal.domain.figures", "from portal import create_app", "portal is above"),
    ("portal.domain.form.form", "from portal.domain.checks import pairs", "checks.pairs is above"),
    ("portal.domain.checks.pairs", "from portal.domain.paper import sheet", "sheet is above"),
    ("portal.domain.intake.paste", "from ..drafting import draft", "on the same floor"),
    ("portal.domain.figures", "from portal.domain.form.form import Form", "form.form is above"),
    ("portal.models.report", "from portal.storage.db import Base", "portal.storage.db is above"),
    ("portal.storage.db", "import portal", "portal is above"),
    ("portal.storage.db", "from portal.access import tenancy", "portal.access.tenancy is above"),
    ("portal.storage.db", "import portal.reports.queries", "portal.reports.queries"),
    ("portal.storage.db", "from portal.cli import main", "portal.cli"),
    ("portal.access.tenancy", "from portal.messages import mail", "on the same floor"),
    ("portal.workbooks.reading", "from portal.register import units", "on the same floor"),
    ("portal.collection.board", "from portal.web import errors", "portal.web.errors is above"),
    ("portal.web.errors", "from portal.reports import queries", "portal.reports.queries is above"),
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
    ("portal.reports.receipt", "from .bulk import paste_views", "from its views"),
    ("portal.reports.views", "from portal.reports.queries import _report", "_report is private"),
    ("portal.reports.views", "from .queries import _report as report", "_report is private"),
]

ALLOWED = [
    ("portal.domain.form.form", "import re\nfrom dataclasses import dataclass"),
    ("portal.domain.form.form", "from portal.domain.figures import show\nfrom .. import figures"),
    ("portal.domain.form", "from .form import Form"),
    ("portal.domain.paper.sheet", "from portal.domain.intake.paste import Block"),
    ("portal.access.tenancy", "import flask\nfrom portal.storage import db"),
    ("portal.storage.db", "from portal.models import report\nfrom portal.domain import form"),
    ("portal.migrations.env", "from portal.models import report"),
    ("portal.collection.board", "from portal.access import tenancy\nfrom portal import register"),
    ("portal.web.errors", "from portal.collection.board import Board"),
    ("portal.reports.views", "import flask, flask_login\nfrom portal.reports import operations"),
    ("portal.reports.views", "from . import queries\nfrom portal.access import tenancy"),
    ("portal.reports.bulk.paste_views", "import flask\nfrom portal.reports.views import bp"),
    ("portal.reports.operations", "from portal.reports.queries import report_for"),
    ("portal.reports.receipt", "from portal.models.report import Report\nimport xlsxwriter"),
    ("portal.reports", "from portal.reports.views import bp"),
    ("portal.reports.views", "from __future__ import annotations"),
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
    for name in ("wsgi.py", "portal/__init__.py", "portal/db.py", "portal/a/b/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert set(modules_of(tmp_path)) == {"wsgi", "portal", "portal.db", "portal.a.b.c"}


def modules_of(root: Path) -> Modules:
    """The dotted name and path of wsgi.py and of every module under portal/."""
    paths = [root / "wsgi.py", *sorted((root / "portal").rglob("*.py"))]
    return {dotted(path.relative_to(root)): path for path in paths}


def wing_of(module: str) -> str:
    """The wing a module stands in; a package that is no wing is a capability."""
    wing = module if module == "wsgi" else [*module.split("."), ""][1]
    return wing if wing in KNOWN else CAPABILITY


def floor_of(module: str) -> int:
    """The floor a module stands on, counted from the ground."""
    wing = wing_of(module)
    return next(floor for floor, wings in enumerate(WINGS) if wing in wings)


def breaches(module: str, source: str, modules: Modules) -> list[str]:
    """One sentence for each import in `source`, the text of `module`, that the picture forbids."""
    tree = ast.parse(source)
    reasons = (
        *(_breach(module, target) for target in imports(module, tree, modules)),
        *_private_names(tree),
    )
    return [f"{module}: {reason}" for reason in reasons if reason]


def _breach(module: str, target: str) -> str | None:
    if target == UNREADABLE:
        may_import_all = floor_of(module) == ASSEMBLY
        return None if may_import_all else "imports a name that cannot be read here"
    if target.split(".")[0] in {"portal", "wsgi"}:
        return _inner_breach(module, target)
    return _outer_breach(module, target.split(".")[0])


def _inner_breach(module: str, target: str) -> str | None:
    if wing_of(module) == wing_of(target) == "domain":
        return _domain_breach(module, target)
    own, other = floor_of(module), floor_of(target)
    if other > own:
        return f"{target} is above"
    if wing_of(module) == wing_of(target) == CAPABILITY:
        return _capability_breach(module, target)
    if own == other != ASSEMBLY and wing_of(module) != wing_of(target):
        return f"{target} is on the same floor"
    return None


def _domain_breach(module: str, target: str) -> str | None:
    own, other = _room(module), _room(target)
    if own == other or not own or not other:
        return None
    floors = {name: floor for floor, names in enumerate(DOMAIN) for name in names}
    if floors[other] > floors[own]:
        return f"{target} is above"
    # Single modules at the root of the domain are the ground: they know one another.
    return f"{target} is on the same floor" if floors[other] == floors[own] > 0 else None


def _room(module: str) -> str:
    """The sub-package of the domain, or the module at its root, that a module belongs to."""
    return [*module.split("."), "", ""][2]


def _capability_breach(module: str, target: str) -> str | None:
    if module.split(".")[1] != target.split(".")[1]:
        return f"{target} belongs to another capability"
    if _is_views(target) and not _may_know_views(module):
        return f"{target}: only its own package takes a capability from its views"
    return None


def _outer_breach(module: str, library: str) -> str | None:
    wing = wing_of(module)
    if wing == "domain" and library not in sys.stdlib_module_names:
        return f"{library}: the domain knows only the standard library"
    if wing == CAPABILITY and library in {"flask", "flask_login"} and not _is_views(module):
        return f"speaks {library}, which only views do"
    return None


def _private_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or _is_ours(node.module)):
            for alias in node.names:
                if alias.name.startswith("_") and not alias.name.startswith("__"):
                    yield f"{alias.name} is private to {node.module}"


def _is_ours(module: str | None) -> bool:
    return (module or "").split(".")[0] == "portal"


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


def _is_package(module: str, modules: Modules) -> bool:
    path = modules.get(module)
    return path is None or path.name == "__init__.py"


def _named_from(origin: str, node: ast.ImportFrom, modules: Modules) -> Iterator[str]:
    # `from portal.storage import db, close` names portal.storage.db, and a thing within storage.
    targets = [f"{origin}.{alias.name}" for alias in node.names]
    yield from (target for target in targets if _is_module(target, modules))
    if any(not _is_module(target, modules) for target in targets):
        yield origin


def _is_module(name: str, modules: Modules) -> bool:
    return name in modules or any(module.startswith(f"{name}.") for module in modules)


def _imports_by_name(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in {"import_module", "__import__"}


def _literal(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return UNREADABLE
