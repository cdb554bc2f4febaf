"""People who keep saving whatever happens, and write down what they were told."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle
from threading import Condition, Event, Thread

from tests.processes.browser import Answer, Browser, Door

TIMEOUT_SECONDS = 90
"""Seconds after which a condition is given up."""

CHINESE = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A save that was answered 200: what was typed, and the version that it became."""

    text: str
    version: int


@dataclass
class Writer:
    """One person at one row, who turns from door to door with every save."""

    browser: Browser
    doors: Sequence[Door]
    unit: str
    report: str
    code: str
    changed: Condition
    journal: list[Acknowledged] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lost: int = 0

    @property
    def refusals(self) -> int:
        """How often the portal could not take a save, or was not there at all."""
        return self.answers[503] + self.lost

    def write(self, work: "Work") -> None:
        """Save one figure after the other, each until it is taken."""
        number, version = 1, 0
        for door in cycle(self.doors):
            if not work.goes_on():
                return
            try:
                answer = self.browser.at(door).save(self.report, self.code, str(number), version)
            except (OSError, HTTPException):
                with self.changed:
                    self.lost += 1
                    self.changed.notify_all()
                continue
            if answer.status in (200, 409):
                version = answer.version(self.code)
            self._note(answer, number, version)
            number += answer.status == 200

    def _note(self, answer: Answer, number: int, version: int) -> None:
        with self.changed:
            self.answers[answer.status] += 1
            if answer.status == 200:
                self.journal.append(Acknowledged(str(number), version))
            elif answer.status == 503:
                self._look_at(answer)
            elif answer.status != 409:
                self.faults.append(f"{answer.status} {answer.text[:200]}")
            self.changed.notify_all()

    def _look_at(self, refusal: Answer) -> None:
        if not CHINESE.search(refusal.text) or not refusal.headers["Retry-After"].isdigit():
            self.faults.append(f"503 without its sentence or Retry-After: {refusal.text[:200]}")


def more(number: int, writers: Sequence[Writer]) -> Callable[[Writer], bool]:
    """Whether a writer has so many acknowledged saves more than at this moment."""
    wanted = {id(writer): len(writer.journal) + number for writer in writers}
    return lambda writer: len(writer.journal) >= wanted[id(writer)]


def turned_away(writers: Sequence[Writer]) -> Callable[[Writer], bool]:
    """Whether a writer has been refused, or left without an answer, since this moment."""
    before = {id(writer): writer.refusals for writer in writers}
    return lambda writer: writer.refusals > before[id(writer)]


class Work:
    """What all the writers do; they can be told to rest, and waited for."""

    def __init__(self, writers: Sequence[Writer]) -> None:
        self._writers = writers
        self._may_write, self._over = Event(), Event()
        self._may_write.set()

    def goes_on(self) -> bool:
        """Wait while everybody rests; whether there is more to do."""
        self._may_write.wait()
        return not self._over.is_set()

    def until(self, holds: Callable[[Writer], bool]) -> None:
        """Wait until something holds for each of the writers."""
        changed = self._writers[0].changed
        with changed:
            came = changed.wait_for(lambda: all(map(holds, self._writers)), timeout=TIMEOUT_SECONDS)
        assert came, [(writer.answers, writer.faults[:2]) for writer in self._writers]

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nobody begins a save meanwhile: knocking at a closed door keeps a small machine busy."""
        self._may_write.clear()
        try:
            yield
        finally:
            self._may_write.set()

    def end(self) -> None:
        """Let everybody finish the save that is under way."""
        self._over.set()
        self._may_write.set()


@contextmanager
def writing(writers: Sequence[Writer]) -> Iterator[Work]:
    """Let them all write; they are done at the end."""
    work = Work(writers)
    threads = [Thread(target=writer.write, args=[work]) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield work
    finally:
        work.end()
        for thread in threads:
            thread.join()
