"""Explanations: the words with which a reporter answers a query, and when they count."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.domain.characters import is_refused, is_unseen
from portal.domain.check_rules import Grade
from portal.domain.figures import Problem
from portal.domain.form import Form
from portal.domain.issues import Issue

REASONS = (
    "新增专项资金",
    "慰问范围调整",
    "疫情减少走访",
    "上年口径不同",
    "物资折价",
    "其他",
)

LEAST_CHARACTERS = 6
MOST_CHARACTERS = 500
_LEAST_DIFFERENT = 3
_LEAST_LEFT = 2


@dataclass(frozen=True, slots=True)
class Explanation:
    """One answer to one issue: the reason picked, words of one's own, the numbers it is about."""

    reason: str
    words: str
    numbers: str


def refuse(reason: str, words: str) -> Problem | None:
    """Why `reason` and `words` are no explanation, as the sentence shown; None when they are.

    The reason is one of `REASONS`; the words are 6 to 500 characters of one paragraph that
    say more than that the figures were looked at.
    """
    words = words.strip()
    if reason not in REASONS:
        return Problem("请先选择一项原因。")
    if any(is_refused(sign) or is_unseen(sign) for sign in words):
        return Problem("说明中有换行或看不见的字符，请删去，写成一段文字。")
    if len(words) > MOST_CHARACTERS:
        return Problem(f"说明有 {len(words)} 字，请压缩到 {MOST_CHARACTERS} 字以内。")
    if len("".join(words.split())) < LEAST_CHARACTERS:
        return Problem(f"请至少用 {LEAST_CHARACTERS} 个字写明原因。")
    if _says_nothing(words):
        return Problem("请用自己的话写明具体原因；“核实无误”一类的话或重复所选原因不算说明。")
    return None


# What people write instead of a reason, and the small words they put around it.
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
    """Whether `explanations`, by issue key, answer `issue` for the numbers it has now."""
    explanation = explanations.get(issue.key)
    return explanation is not None and explanation.numbers == issue.numbers


def keys_in_section(form: Form, issues: Iterable[Issue], section: int) -> tuple[str, ...]:
    """The keys of the queries shown in `section`: what one explanation for it serves."""
    return tuple(
        issue.key
        for issue in issues
        if issue.grade is Grade.QUERY and form.by_code[issue.code].section == section
    )
