"""The throttle: windows of a quarter of an hour, for a name and for an address."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access import throttle
from portal.access.identity import sign_in_door
from portal.models import Throttle
from tests.founding import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def door(app):
    """A session at the door, whose writes are given up at the end."""
    with app.app_context(), sign_in_door() as session:
        yield session
        session.rollback()


def fail(door, username, address="10.0.0.1", *, times=1, at=NOW):
    """Count failures of one name from one address."""
    for _ in range(times):
        throttle.count_failure(door, throttle.keys(username, address), at)
        door.flush()


def is_spent(door, username, address="10.0.0.1", *, at=NOW):
    """Whether one more attempt is refused."""
    return throttle.spent(door, throttle.keys(username, address), at)


def test_a_name_has_five_failures(door):
    fail(door, "x", times=4)
    before = is_spent(door, "x")
    fail(door, "x")

    assert (before, is_spent(door, "x")) == (False, True)


def test_a_name_is_spent_wherever_it_is_tried(door):
    for number in range(5):
        fail(door, "x", f"10.0.0.{number}")

    assert is_spent(door, "x", "10.9.9.9")


def test_an_address_has_sixty_failures(door):
    for number in range(60):
        fail(door, f"name{number}")

    assert is_spent(door, "fresh")
    assert not is_spent(door, "fresh", "10.9.9.9")


def test_a_window_begins_with_its_first_failure(door):
    fail(door, "x")
    fail(door, "x", times=4, at=NOW + 14 * MINUTE)

    assert is_spent(door, "x", at=NOW + 14 * MINUTE)
    assert not is_spent(door, "x", at=NOW + 15 * MINUTE)


def test_a_failure_after_the_window_begins_a_new_one(door):
    fail(door, "x", times=5)
    fail(door, "x", at=NOW + 20 * MINUTE)

    assert not is_spent(door, "x", at=NOW + 20 * MINUTE)


def test_forgetting_one_name_drops_what_has_run_out_and_keeps_the_rest(door):
    fail(door, "old", "10.0.0.2", times=5)
    fail(door, "x", times=5, at=NOW + 20 * MINUTE)
    fail(door, "other", times=5, at=NOW + 20 * MINUTE)

    throttle.forget(door, "x", NOW + 20 * MINUTE)

    assert not is_spent(door, "x", "10.9.9.9", at=NOW + 20 * MINUTE)
    assert is_spent(door, "other", at=NOW + 20 * MINUTE)
    assert door.query(Throttle).count() == 2


@given(name=st.text(max_size=200), address=st.text(max_size=80))
def test_keys_fit_their_column_and_contain_no_name(name, address):
    for key in throttle.keys(name, address):
        assert len(key) <= 80 or key.startswith("address:")
        assert not name or len(name) < 4 or key.startswith("address:") or name not in key
