"""The queue before the database's lock: one writer at a time, in the order of arrival."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from portal.storage.db import WriteQueue


@pytest.fixture
def queue(tmp_path):
    """A queue of its own."""
    return WriteQueue(tmp_path / "write.lock")


def _line_up(pool, queue, number, order, waiting_before):
    """Start a writer and wait until it is in the queue."""

    def write():
        with queue.turn():
            order.append(number)

    future = pool.submit(write)
    while len(queue._waiting) == waiting_before and not future.done():
        threading.Event().wait(0)
    return future


def test_writers_are_admitted_in_fifo_order(queue):
    order: list[int] = []

    with ThreadPoolExecutor(12) as pool:
        with queue.turn():
            writers = [_line_up(pool, queue, number, order, number) for number in range(12)]
            assert order == []
        for writer in writers:
            writer.result(timeout=30)

    assert order == list(range(12))


def test_only_one_writer_is_in_at_a_time(queue):
    inside, most = [], []

    def write():
        with queue.turn():
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    with ThreadPoolExecutor(16) as pool:
        for future in [pool.submit(write) for _ in range(200)]:
            future.result(timeout=30)

    assert max(most) == 1
    assert len(most) == 200


def test_failing_writer_passes_the_turn_on(queue):
    with pytest.raises(RuntimeError), queue.turn():
        raise RuntimeError

    with queue.turn():
        entered = True
    assert entered


def test_waiting_writers_continue_after_a_failure(queue):
    order: list[int] = []

    def fail(pool):
        with queue.turn():
            writers.extend(_line_up(pool, queue, number, order, number) for number in range(3))
            raise RuntimeError

    writers: list[Future[None]] = []
    with ThreadPoolExecutor(3) as pool:
        with pytest.raises(RuntimeError):
            fail(pool)
        for writer in writers:
            writer.result(timeout=30)

    assert order == [0, 1, 2]


def test_two_processes_take_turns_too(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    file = tmp_path / "write.lock"
    asking = fcntl.LOCK_EX | fcntl.LOCK_NB

    with file.open("a") as another_process:
        with WriteQueue(file).turn(), pytest.raises(BlockingIOError):
            fcntl.flock(another_process, asking)
        fcntl.flock(another_process, asking)
