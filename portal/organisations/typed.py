"""The fields of an organisation as typed, with a sentence for each problem."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from portal.domain.characters import shown, taken_out, without_unseen
from portal.domain.intake.roster import as_kind, folded
from portal.domain.seen import mark_of
from portal.models import Organisation
from portal.register.units import CODE, CODE_RULE, Unit, wrong_words


@dataclass(frozen=True, slots=True)
class Typed:
    """An organisation as typed; `problems` has a sentence for each field that is refused.

    `said` names the invisible characters that were removed; empty when none were.
    """

    code: str = ""
    name: str = ""
    kind: str = ""
    position: str = ""
    contact: str = ""
    phone: str = ""
    seen: str = ""
    said: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)

    def unit(self, parent: str) -> Unit:
        """The same as a unit to be created below `parent`."""
        return Unit(
            self.code, self.name, self.kind, parent, self.position, self.contact, self.phone
        )


def read(form: MultiDict[str, str], *, new: bool) -> Typed:
    """Read the fields of a form; that of a new organisation has a code besides."""

    def text(name: str) -> str:
        return without_unseen(form.get(name, ""))

    typed = Typed(
        code=folded(text("code")),
        name=text("name"),
        kind=as_kind(text("kind")),
        position=folded(text("position")),
        contact=text("contact"),
        phone=text("phone"),
        seen=text("seen"),
        said=taken_out(*(form.get(name, "") for name in ("name", "contact", "phone"))),
    )
    return _to_be_shown(replace(typed, problems=dict(_problems(typed, new=new))))


def _to_be_shown(typed: Typed) -> Typed:
    """The same for the page, with a visible mark for each sign that was refused."""
    return replace(
        typed, name=shown(typed.name), contact=shown(typed.contact), phone=shown(typed.phone)
    )


def _problems(typed: Typed, *, new: bool) -> Iterator[tuple[str, str]]:
    if new and not CODE.fullmatch(typed.code):
        yield "code", f"代码{CODE_RULE}。"
    for name, sentence in wrong_words(typed.unit("")):
        yield name, f"{sentence}。"


def as_stored(unit: Organisation) -> Typed:
    """The organisation as a form shows it."""
    return Typed(
        unit.code, unit.name, unit.kind, str(unit.position), unit.contact, unit.phone, mark(unit)
    )


def mark(unit: Organisation) -> str:
    """The fingerprint of the fields that a page shows of an organisation."""
    return mark_of(unit.name, unit.kind, str(unit.position), unit.contact, unit.phone)
