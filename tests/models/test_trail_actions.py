"""The actions of the trail: each has its words, since a page shows whatever stands in the trail."""

from portal.models.trail_actions import ACTION_LABELS, Action


def test_every_action_has_its_words_and_no_two_the_same():
    assert set(ACTION_LABELS) == {*Action}
    assert len(set(ACTION_LABELS.values())) == len(Action)
    assert all(len(action) <= 32 for action in Action)
