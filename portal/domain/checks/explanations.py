"""Explanations: a reporter's answer to a query, and when it is accepted."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.domain.characters import is_refused, is_unseen
from portal.domain.checks.issues import Issue
from portal.domain.figures import FEN_PER_WAN, FEN_PER_YUAN, Problem

REASONS = (
    "新增专项资金",
    "慰问范围调整",
    "疫情减少走访",
    "上年口径不同",
    "物资折价",
    "其他",
)

CONFIRMED = "金额已确认"
"""The reason stored with the answer to a 10 000-fold slip; it cannot be picked otherwise."""

MIN_LENGTH = 6
MAX_LENGTH = 500
_LEAST_DIFFERENT = 3
_LEAST_LEFT = 2


@dataclass(frozen=True, slots=True)
class Explanation:
    """One answer to one issue: the picked reason, the free text, and the issue's numbers.

    `shared` (多项同一原因) is true when the writer declared one cause for several items.
    """

    reason: str
    words: str
    numbers: str
    shared: bool = False


def refuse(reason: str, words: str, retired: Collection[str] = ()) -> Problem | None:
    """Why `reason` and `words` are refused, as the sentence shown; None when they are accepted.

    The reason is one of `REASONS` or of `retired`: reasons that the stored explanation has and
    that are no longer offered. The words are one paragraph of 6 to 500 characters and not only a
    stock phrase such as 核实无误.
    """
    words = words.strip()
    if reason not in REASONS and reason not in retired:
        return Problem("请先选择一项原因。")
    if problem := unreadable(words):
        return problem
    if len("".join(words.split())) < MIN_LENGTH:
        return Problem(f"请至少用 {MIN_LENGTH} 个字写明原因。")
    if _says_nothing(words):
        return Problem("请用自己的话写明具体原因；“核实无误”一类的话或重复所选原因不算说明。")
    return None


def unreadable(words: str) -> Problem | None:
    """Why `words` cannot be stored: refused characters, or too many characters."""
    if any(is_refused(sign) or is_unseen(sign) for sign in words):
        return Problem("说明中有换行或看不见的字符，请删去，写成一段文字。")
    if len(words) > MAX_LENGTH:
        return Problem(f"说明有 {len(words)} 字，请压缩到 {MAX_LENGTH} 字以内。")
    return None


# Stock phrases that people write instead of a reason, and the filler words around them.
_STOCK = """
    核实 核对 核查 审核 复核 检查 查验 确认 无误 属实 准确 正确 真实 有效 正常 如实 如此 一致 符合
    异常 错误 问题 无异常 没有异常 无问题 没有问题 没问题 没有错误 没有错
    情况 实际 数据 数字 数值 数额 金额 人次 填报 填写 上报 报表 内容 原因 说明
    本表 该表 以上 上述 此项 该项 本项 所填 所报 本单位 我单位 我们 单位 工会
    领导 财务 部门 人员 经办人 经过 已经 特此 同上 见上 不清楚 不知道 不详 暂无 完全 确实 全部
    与 经 已 均 确 是 系 的 了 都 为 按 据 无 有 请
"""
_STOCK_LONGEST_FIRST = sorted((*_STOCK.split(), *REASONS), key=len, reverse=True)


def _says_nothing(words: str) -> bool:
    rest = "".join(filter(_is_han, unicodedata.normalize("NFKC", words)))
    if len(set(rest)) < _LEAST_DIFFERENT:
        return True
    for phrase in _STOCK_LONGEST_FIRST:
        rest = rest.replace(phrase, " ")
    return len(set(rest.replace(" ", ""))) < _LEAST_LEFT


def _is_han(sign: str) -> bool:
    return "㐀" <= sign <= "鿿" or "\U00020000" <= sign <= "\U0003fffd"


def explained(issue: Issue, explanations: Mapping[str, Explanation]) -> bool:
    """Whether `explanations`, by issue key, answer `issue` with its current numbers."""
    explanation = explanations.get(issue.key)
    return explanation is not None and explanation.numbers == issue.numbers


def is_slip(issue: Issue) -> bool:
    """Whether `issue` is the 10 000-fold slip of money; only that one offers ÷ 10 000."""
    return issue.check == "yuan-slip" or issue.offer is not None


def confirmation(fen: int) -> str:
    """The answer to a slip, with both amounts: ``确认为 3.70 亿元，不是 3.70 万元``.

    亿 is 10 000 万, so both amounts show the same number.
    """
    greater, less, scale = ("亿元", "万元", 10_000 * FEN_PER_WAN)
    if fen < scale:
        greater, less, scale = ("万元", "元", 10_000 * FEN_PER_YUAN)
    whole, rest = divmod(fen, scale)
    decimals = str(rest).rjust(len(str(scale)) - 1, "0").rstrip("0").ljust(2, "0")
    return f"确认为 {whole:,}.{decimals} {greater}，不是 {whole:,}.{decimals} {less}"


def refuse_for(
    issues: Sequence[Issue], reason: str, words: str, retired: Collection[str] = ()
) -> Problem | None:
    """`refuse` for one text that answers all of `issues`.

    A slip needs its own `confirmation` and shares no text; any other issues may share one.
    """
    slips = [issue.code for issue in issues if is_slip(issue)]
    if not slips:
        return refuse(reason, words, retired)
    if len(issues) > 1:
        return Problem(f"{'、'.join(slips)} 疑似差一万倍，须单独确认金额，不能与别的项合写说明。")
    if reason != CONFIRMED:
        return Problem(f"{slips[0]} 疑似差一万倍：请按“确认为……”的按钮确认金额，或改正这一项。")
    return None


@dataclass(frozen=True, slots=True)
class SharedText:
    """The same words at several items, with the issues that they explain.

    `agreed` is true when the writer answered yes to 这 n 项确为同一原因？ for all of them.
    """

    reason: str
    words: str
    issues: tuple[Issue, ...]
    agreed: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The items, each once."""
        return tuple(dict.fromkeys(issue.code for issue in self.issues))

    @property
    def label(self) -> str:
        """The note that the reviewer reads beside each of these items."""
        unsaid = "" if self.agreed else "，单位没有说明是否同一原因"
        return f"{len(self.codes)} 项同一说明{unsaid}"


def shared_texts(
    issues: Iterable[Issue], explanations: Mapping[str, Explanation]
) -> tuple[SharedText, ...]:
    """The current explanations with equal words at two or more items, in the paper's order.

    Spaces and punctuation are ignored. Confirmations of slips are never shared.
    """
    groups: dict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        if not is_slip(issue) and explained(issue, explanations):
            groups[said(explanations[issue.key].words)].append(issue)
    together = (_together(some, explanations) for some in groups.values())
    return tuple(text for text in together if len(text.codes) > 1)


def _together(issues: Sequence[Issue], explanations: Mapping[str, Explanation]) -> SharedText:
    kept = [explanations[issue.key] for issue in issues]
    agreed = all(each.shared for each in kept)
    return SharedText(kept[0].reason, kept[0].words, tuple(issues), agreed)


def said(words: str) -> str:
    """The letters and digits of `words`, by which two texts are compared."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", words).casefold()))
