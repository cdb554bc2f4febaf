"""What a process that makes hundreds of applications need not do hundreds of times."""

import gc
from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def share_compiled_rules() -> None:
    """Let all applications have the same compiled builders of addresses.

    Werkzeug writes a program for every rule and compiles it, which is nearly all that making an
    application costs; it depends on nothing but the text of the rule and its defaults.
    """
    compiled: dict[tuple[Any, ...], Builder] = {}
    compile_anew = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Builder:
        defaults = tuple((rule.defaults or {}).items())
        key = (rule.rule, *rule._trace, *defaults, append_unknown)
        if key not in compiled:
            compiled[key] = compile_anew(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = compile_once  # type: ignore[method-assign]


def collect_seldom() -> None:
    """Look for cycles seldom, though often enough that applications which are done with go."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
