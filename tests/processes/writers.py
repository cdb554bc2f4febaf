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

PATIENCE = 90
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
    report: str
    code: str
    changed: Condition
    journal: list[Acknowledged] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lost: int = 0

    def write(self, stop: Event) -> None:
        """Save one figure after the other, each until it is taken."""
        number, version = 1, 0
        for door in cycle(self.doors):
            if stop.is_set():
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


@contextmanager
def writing(writers: Sequence[Writer]) -> Iterator[Callable[[Callable[[Writer], bool]], None]]:
    """Let them all write; yields a way to wait until something holds for each of them."""
    stop = Event()
    threads = [Thread(target=writer.write, args=[stop]) for writer in writers]
    for thread in threads:
        thread.start()

    def until(holds: Callable[[Writer], bool]) -> None:
        changed = writers[0].changed
        with changed:
            came = changed.wait_for(lambda: all(map(holds, writers)), timeout=PATIENCE)
        assert came, [(writer.answers, writer.faults[:2]) for writer in writers]

    try:
        yield until
    finally:
        stop.set()
        for thread in threads:
            thread.join()
