"""Issues: what the rules of an edition look at, and what they say they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.formulas import Figures


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at.

    `figures` holds every item, calculated ones too. `previous` holds last campaign's figures
    under the codes of this form, only for items whose counterpart was confirmed; None when
    there was no such campaign. `allocated` is what the city has registered as passed down to
    the organisation, in fen; `households` its registered households in difficulty. None for
    either means that the city has registered nothing, and its rule is silent.
    """

    figures: Figures
    previous: Figures | None = None
    allocated: int | None = None
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """What one rule found at one item.

    `code` is the item it is shown at, `codes` are all items that it involves, `offer` is a
    text that can be put into `offer_code` as it stands. `numbers` changes exactly when a
    figure involved does; an explanation given for other numbers no longer counts.
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
        """The issue's name within a report."""
        return f"{self.check}:{self.code}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say: what is seen, what to do, and the correction that it offers."""

    seen: str
    advice: str
    offer: str | None = None


MAX_NUMBERS_LENGTH = 200


def numbers_of(codes: Sequence[str], figures: Figures) -> str:
    """The figures of `codes` as one text that stays the same while they do.

    A text over 200 characters is replaced by its fingerprint, since it is kept with each
    explanation and only ever compared.
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
