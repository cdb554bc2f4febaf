"""Return answers: accepted answers to each returned item, and automatic ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.form.form import Form
from portal.domain.report.return_answers import WHOLE_FORM, Answer, Asked, Reply, asked

KEPT = Reply(Answer.KEPT, "经核实，原数无误")
ATTACHED = Reply(Answer.ATTACHED, "发放台账")


@pytest.mark.parametrize(
    ("changed", "kept", "answer"),
    [
        (False, None, None),
        (True, None, Answer.CHANGED),
        (False, KEPT, Answer.KEPT),
        (True, KEPT, Answer.CHANGED),
        (False, ATTACHED, Answer.ATTACHED),
        (True, ATTACHED, Answer.ATTACHED),
        (False, Reply(Answer.CHANGED), None),
        (True, Reply(Answer.CHANGED), Answer.CHANGED),
    ],
)
def test_a_changed_figure_is_an_answer_only_while_it_is_changed(changed, kept, answer):
    reply = Asked("C9", "请核对", changed, kept=kept).reply

    assert (reply.answer if reply else None) == answer


@pytest.mark.parametrize("words", ["经核实，原数无误", "原数无误", "数是对的，按发放台账", "abcd"])
def test_kept_figure_accepts_words_that_a_query_refuses(words):
    assert Asked("C9", "", False).refuse(Reply(Answer.KEPT, words)) is None


@pytest.mark.parametrize(
    ("changed", "reply", "words"),
    [
        (False, Reply(Answer.KEPT), "请写明说明"),
        (False, Reply(Answer.KEPT, "无误"), "请写明说明"),
        (False, Reply(Answer.KEPT, "无 　误"), "请写明说明"),
        (False, Reply(Answer.KEPT, "。。。。……"), "请写明说明"),
        (False, Reply(Answer.KEPT, "原数\n无误"), "看不见"),
        (False, Reply(Answer.ATTACHED, "账\x00"), "看不见"),
        (False, Reply(Answer.KEPT, "长" * 501), "压缩"),
        (False, Reply(Answer.CHANGED), "还没有修改"),
        (True, KEPT, "已经修改"),
    ],
)
def test_untrue_answer_is_refused(changed, reply, words):
    problem = Asked("C9", "", changed).refuse(reply)

    assert problem is not None
    assert words in problem.sentence


def test_added_attachment_needs_no_words():
    assert Asked("C9", "", False).refuse(Reply(Answer.ATTACHED)) is None
    assert Reply(Answer.ATTACHED).text == "已补附件"
    assert KEPT.text == "维持原数：经核实，原数无误"


def test_items_are_asked_in_the_papers_order_and_a_sum_changes_with_its_parts(form: Form):
    old, new = {"C8": 1, "C9": 12, "D9": 5}, {"C8": 1, "C9": 13, "D9": 5}

    found = asked(form, {"D9": "偏高", "C9": "", "C": "合计"}, (old, new), {"D9": KEPT})

    assert [each.code for each in found] == ["C", "C9", "D9"]
    assert [each.changed for each in found] == [True, True, False]
    assert [(each.old, each.new) for each in found] == [(None, None), (12, 13), (5, 5)]
    assert all(each.reply for each in found)


def test_a_return_of_the_whole_form_asks_one_answer(form: Form):
    figures = {"C9": 12}

    [same] = asked(form, {WHOLE_FORM: "请核对"}, (figures, figures), {})
    [other] = asked(form, {WHOLE_FORM: "请核对"}, (figures, {"C9": 13}), {})
    [kept] = asked(form, {WHOLE_FORM: "请核对"}, (figures, figures), {WHOLE_FORM: KEPT})

    assert (same.code, same.reply) == (WHOLE_FORM, None)
    assert other.reply == Reply(Answer.CHANGED)
    assert kept.reply == KEPT


_figures = st.dictionaries(st.sampled_from(["C8", "C9", "D9"]), st.integers(0, 3))


@given(_figures, _figures)
def test_exactly_the_changed_items_are_answered_automatically(form: Form, old, new):
    names = dict.fromkeys(("C8", "C9", "D9"), "")

    found = asked(form, names, (old, new), {})

    assert {each.code for each in found if each.reply} == {
        code for code in names if old.get(code) != new.get(code)
    }
