"""Looking into PDFs that people bring, in a child process.

A file made to exhaust the machine, or to break the library that reads it, harms only the child.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from portal.domain.figures import Problem
from portal.domain.report.scans import ACTIVE, DAMAGED

CHILD = Path(__file__).with_name("pdf_child.py")
MAX_SECONDS = 10.0
"""Seconds for one file, the start of the process included; a real one takes 0.3."""

AT_ONCE = 2
"""Children that run side by side: each may take 400 MB."""

BUSY = Problem("正在检查的文件较多，请过一会儿再传。")
PROBLEMS = {
    "damaged": DAMAGED,
    "active": ACTIVE,
    "locked": Problem("这个 PDF 设了密码或者加了密，请重新扫描成普通的 PDF。"),
    "pages": Problem("这个 PDF 没有页，或者页数太多，请重新扫描签字盖章的那几页。"),
}

_places = threading.BoundedSemaphore(AT_ONCE)


def problem_in(content: bytes) -> Problem | None:
    """Why a PDF is not kept; None when nothing speaks against it."""
    if not _places.acquire(timeout=MAX_SECONDS):
        return BUSY
    try:
        word = _answer_of_child(content)
    finally:
        _places.release()
    return None if word == "sound" else PROBLEMS.get(word, DAMAGED)


def _answer_of_child(content: bytes) -> str:
    """The child's word; empty when it was stopped."""
    # Windows starts no program without its own folder; of ours the child gets nothing.
    bare = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-W", "ignore", str(CHILD)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("ascii", "replace")
