"""Copies of this process: what one works out, and what happens where it does not."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from zoning.api import copies

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are not copied here")


def test_something_is_worked_out_by_a_copy() -> None:
    seen = []
    with copies.ahead(lambda: (seen.append(1), os.getpid())) as told:
        found: Any = told()
    assert found[1] != os.getpid() and seen == []


def test_what_goes_wrong_in_a_copy_is_worked_out_here(capfd: Any) -> None:
    here = os.getpid()

    def fail_there() -> str:
        if os.getpid() != here:
            raise ValueError("there")
        return "here"

    def end_there() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "here"

    for work in (fail_there, end_there):
        with copies.ahead(work) as told:
            assert told() == "here"
    with copies.ahead(lambda: 1 // 0) as wrong, pytest.raises(ZeroDivisionError):
        wrong()
    assert "ValueError" not in capfd.readouterr().err


def test_a_copy_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_PATIENCE_S", 0.2)
    here = os.getpid()
    begun = time.monotonic()
    with copies.ahead(lambda: "here" if os.getpid() == here else time.sleep(60)) as told:
        assert told() == "here"
    assert time.monotonic() - begun < 30


def test_a_copy_that_nobody_asks_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[copies.Copy] = []
    copy = copies._copy

    def noted(*words: Any) -> copies.Copy:
        made.append(copy(*words))
        return made[-1]

    monkeypatch.setattr(copies, "_copy", noted)
    with copies.ahead(lambda: time.sleep(60)):
        assert [one.returncode for one in made] == [None]
    assert [one.returncode for one in made] == [-signal.SIGKILL]


def test_a_signal_ends_a_copy_and_nothing_is_cleared_up_by_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch()

    def wait() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)

    before = signal.getsignal(signal.SIGINT)
    here = os.getpid()
    try:
        with copies.ahead(lambda: "here" if os.getpid() == here else wait()) as told:
            assert told() == "here"
    except KeyboardInterrupt:  # only a copy that went on as this process could come here
        kept.unlink()
        raise
    assert kept.exists() and signal.getsignal(signal.SIGINT) is before
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_only_the_first_thread_makes_copies() -> None:
    found: list[Any] = []

    def other() -> None:
        found.append(copies.possible())
        with copies.ahead(os.getpid) as told:
            found.append(told())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert found == [False, os.getpid()]
