"""Explanations: accepted and refused words, and their lapse when numbers change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.checks.explanations import (
    CONFIRMED,
    MAX_LENGTH,
    REASONS,
    Explanation,
    SharedText,
    confirmation,
    explained,
    refuse,
    refuse_for,
    shared_texts,
)
from portal.domain.checks.finding import Facts, Issue, find_issues
from portal.domain.figures import FEN_PER_WAN, Kind, Unit, parse_figure
from portal.domain.form.check_rules import Grade
from portal.domain.form.form import Form
from portal.domain.form.formulas import with_totals

WORDS = "今年市财政另拨三万元慰问环卫职工"


def _per_head(form: Form, people: int) -> Issue:
    leaves = {"A1": 9 * FEN_PER_WAN, "C9": people, "D9": 2 * FEN_PER_WAN}
    (issue,) = find_issues(form, Facts(with_totals(form, leaves)))
    return issue


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_with_words_of_ones_own_is_taken(reason: str) -> None:
    assert refuse(reason, WORDS) is None


@pytest.mark.parametrize("reason", ["", "新增", "新增专项资金 ", "核实无误"])
def test_a_reason_is_picked_from_the_list(reason: str) -> None:
    problem = refuse(reason, WORDS)

    assert problem is not None
    assert "选择" in problem.sentence


@pytest.mark.parametrize(
    "words",
    [
        "新增走访六户",
        "今年新增专项资金三万元",
        "因疫情减少走访两个乡镇",
        "两家企业停产，未再走访",
        "按上级要求提高了慰问标准",
        "经核实，今年慰问面扩大到三个园区",
        "  上年把家属也计入了人次  ",
    ],
)
def test_a_real_cause_is_taken(words: str) -> None:
    assert refuse("其他", words) is None


@pytest.mark.parametrize("words", ["", "      ", "　　　　　　", "增加五户吧", "增 加 五 户 吧"])
def test_fewer_than_six_characters_without_spaces_are_too_few(words: str) -> None:
    problem = refuse("其他", words)

    assert problem is not None
    assert "6" in problem.sentence


@pytest.mark.parametrize(
    "words",
    [
        "经核实无误",
        "核实无误核实无误",
        "核实无误。。。。",
        "核 实 无 误 ！ ！",
        "数据无误，情况属实",
        "本单位数据已核实，情况属实。",
        "经与财务部门核对，属实，无异常。",
        "以上数据真实准确有效",
        "正常情况正常情况",
        "没有问题没有问题",
        "核实无误啊啊啊",
        "啊啊啊啊啊啊",
        "哈哈呵呵哈哈",
        "。。。。。。",
        "12345678",
        "abcdefgh",
        "ＡＡＡＡＡＡ",
        "新增专项资金",
        "新增专项资金，物资折价",
    ],
)
def test_padded_stock_phrase_is_refused(words: str) -> None:
    problem = refuse("其他", words)

    assert problem is not None
    assert "无误" in problem.sentence or "6" in problem.sentence


def test_an_explanation_has_at_most_500_characters() -> None:
    assert refuse("其他", (WORDS * 40)[:MAX_LENGTH]) is None

    problem = refuse("其他", (WORDS * 40)[: MAX_LENGTH + 1])

    assert problem is not None
    assert "501" in problem.sentence


@pytest.mark.parametrize("sign", ["\x00", "\n", "\r\n", "\t", "\x7f", "\x85", "\u202e", "\ud800"])
def test_control_characters_are_refused(sign: str) -> None:
    problem = refuse("其他", f"今年新增{sign}走访六户企业")

    assert problem is not None
    assert "看不见" in problem.sentence


@given(st.text(), st.text())
def test_any_text_is_taken_or_refused_with_a_sentence(reason: str, words: str) -> None:
    problem = refuse(reason, words)

    assert problem is None or problem.sentence.endswith("。")


STOCK = [
    "核实无误",
    "情况属实",
    "数据无误",
    "已核实",
    "属实",
    "无异常",
    "正常情况",
    "，",
    "。",
    "！",
    " ",
]


@given(st.lists(st.sampled_from([*STOCK, *REASONS[:-1]])))
def test_no_chain_of_stock_phrases_passes(phrases: list[str]) -> None:
    assert refuse("其他", "".join(phrases)) is not None


def test_an_explanation_lapses_when_its_numbers_change(form: Form) -> None:
    explained_at_five, now_six = _per_head(form, 5), _per_head(form, 6)
    kept = {explained_at_five.key: Explanation("其他", WORDS, explained_at_five.numbers)}

    assert explained(explained_at_five, kept)
    assert now_six.key in kept
    assert not explained(now_six, kept)


def test_an_explanation_of_another_issue_explains_nothing(form: Form) -> None:
    issue = _per_head(form, 5)

    assert not explained(issue, {"per-head:D8": Explanation("其他", WORDS, issue.numbers)})
    assert not explained(issue, {})


@pytest.mark.parametrize("reason", ["疫情减少外出", "旧的一项"])
def test_a_pick_that_was_retired_stays_with_its_explanation_alone(reason: str) -> None:
    assert refuse(reason, WORDS, retired={reason}) is None
    assert refuse(reason, WORDS) is not None


def _issue(check: str, code: str, offer: str | None = None) -> Issue:
    return Issue(check, Grade.QUERY, code, (code,), "", "n", offer, code if offer else None)


PLAIN = [_issue("per-head", code) for code in ("D8", "D9", "D10")]
SLIPS = [_issue("yuan-slip", "D9", "3.70"), _issue("another-slip", "A1", "5.00")]


def test_one_cause_may_explain_many_items() -> None:
    assert refuse_for(PLAIN, "新增专项资金", WORDS) is None


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_answered_alone_and_by_its_own_answer(slip: Issue) -> None:
    with_others = refuse_for([*PLAIN, slip], "新增专项资金", WORDS)
    with_words = refuse_for([slip], "新增专项资金", WORDS)

    assert with_others is not None
    assert f"{slip.code} 疑似差一万倍" in with_others.sentence
    assert with_words is not None
    assert "确认金额" in with_words.sentence
    assert refuse_for([slip], CONFIRMED, "") is None


def test_the_answer_to_a_slip_answers_nothing_else() -> None:
    assert refuse_for(PLAIN[:1], CONFIRMED, WORDS) is not None


@pytest.mark.parametrize(
    ("wan", "words"),
    [
        ("37000", "确认为 3.70 亿元，不是 3.70 万元"),
        ("37000.01", "确认为 3.700001 亿元，不是 3.700001 万元"),
        ("10000", "确认为 1.00 亿元，不是 1.00 万元"),
        ("9999.99", "确认为 9,999.99 万元，不是 9,999.99 元"),
        ("370", "确认为 370.00 万元，不是 370.00 元"),
        ("283700", "确认为 28.37 亿元，不是 28.37 万元"),
        ("0.5", "确认为 0.50 万元，不是 0.50 元"),
        ("9999999.99", "确认为 999.999999 亿元，不是 999.999999 万元"),
    ],
)
def test_a_slip_is_confirmed_with_both_amounts(wan: str, words: str) -> None:
    fen = parse_figure(wan, Unit("万元", Kind.MONEY, 2)).figure

    assert confirmation(fen or 0) == words


def _said_at(*said: tuple[Issue, str, bool]) -> tuple[SharedText, ...]:
    kept = {issue.key: Explanation("其他", words, "n", shared) for issue, words, shared in said}
    return shared_texts([issue for issue, _, _ in said], kept)


def test_the_same_words_at_several_items_are_found_whatever_their_signs() -> None:
    texts = (WORDS, f" {WORDS}。", "今年市财政，另拨三万元 慰问环卫职工")

    [found] = _said_at(*((issue, text, True) for issue, text in zip(PLAIN, texts, strict=True)))

    assert found.codes == ("D8", "D9", "D10")
    assert found.label == "3 项同一说明"


def test_shared_text_without_declared_cause_is_marked() -> None:
    [found] = _said_at((PLAIN[0], WORDS, True), (PLAIN[1], WORDS, False))

    assert not found.agreed
    assert found.label == "2 项同一说明，单位没有说明是否同一原因"


@pytest.mark.parametrize(
    "said",
    [
        [(PLAIN[0], WORDS, False)],
        [(PLAIN[0], WORDS, False), (PLAIN[1], WORDS + "等", False)],
        [(PLAIN[1], WORDS, False), (_issue("year-on-year", "D9"), WORDS, False)],
        [(slip, WORDS, False) for slip in SLIPS],
    ],
)
def test_different_words_single_items_and_slips_are_not_shared(
    said: list[tuple[Issue, str, bool]],
) -> None:
    assert _said_at(*said) == ()


def test_a_lapsed_explanation_shares_nothing() -> None:
    kept = {issue.key: Explanation("其他", WORDS, "n") for issue in PLAIN[:2]}
    kept[PLAIN[0].key] = Explanation("其他", WORDS, "older")

    assert shared_texts(PLAIN[:2], kept) == ()
