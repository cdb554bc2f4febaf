"""Issues: the input of an edition's rules, and their findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.formulas import Figures


@dataclass(frozen=True, slots=True)
class Facts:
    """The input of the rules.

    `figures` holds every item, calculated ones too. `previous` holds last campaign's figures
    under this form's codes, only for items with a confirmed counterpart; None without such a
    campaign. `allocated` is the registered allocation to the organisation, in fen; `households`
    the number of its registered households in difficulty (建档困难职工). None for either means
    that nothing is registered, and the rule reports nothing.
    """

    figures: Figures
    previous: Figures | None = None
    allocated: int | None = None
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding of one rule at one item.

    `code` is the item where it is shown, `codes` are all items involved, `offer` is a text that
    can be typed into `offer_code` unchanged. `numbers` changes exactly when a figure involved
    does; an explanation lapses when it was given for other numbers.
    """

    check: str
    grade: Grade
    code: str
    codes: tuple[str, ...]
    message: str
    numbers: str
    offer: str | None = None
    offer_code: str | None = None

    @property
    def key(self) -> str:
        """The issue's key, unique within a report."""
        return f"{self.check}:{self.code}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's message: what it found, what to do, and the correction that it offers."""

    seen: str
    advice: str
    offer: str | None = None


MAX_NUMBERS_LENGTH = 200


def numbers_of(codes: Sequence[str], figures: Figures) -> str:
    """The figures of `codes` as one text, equal exactly when the figures are.

    A text over `MAX_NUMBERS_LENGTH` characters is replaced by its sha256: it is stored with each
    explanation and only compared.
    """
    text = ";".join(f"{code}={figures.get(code)}" for code in codes)
    return (
        text if len(text) <= MAX_NUMBERS_LENGTH else f"sha256:{sha256(text.encode()).hexdigest()}"
    )


_ENDINGS = {
    Grade.ERROR: "，改正后才能上报。",
    Grade.QUERY: "，属实的请说明原因。",
    Grade.HINT: "，属实的可不处理。",
}


def raised(
    rule: CheckRule,
    code: str,
    codes: tuple[str, ...],
    finding: Finding,
    numbers: str,
    grade: Grade | None = None,
) -> Issue:
    """The issue of `finding` at the item `code`, with the rule's grade unless another is given."""
    weight = grade or rule.grade
    return Issue(
        check=rule.id,
        grade=weight,
        code=code,
        codes=codes,
        message=f"{finding.seen}；{finding.advice}{_ENDINGS[weight]}",
        numbers=numbers,
        offer=finding.offer,
        offer_code=code if finding.offer else None,
    )
