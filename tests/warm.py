"""A Python that has the package and its data loaded already, for tests that start processes.

To start an interpreter, import the geospatial libraries and read the catalogue takes longer than
most commands. ``python()`` stands where ``sys.executable`` would: it is a client that hands its
words, folder, environment and streams to a server, which forks. The fork has memory, streams and
an exit of its own, as any process has; what has been imported is there already, and options of
the interpreter but ``-W`` are not known. What is about the start itself starts an interpreter.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import runpy
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "projects.geojson"
#: Libraries that only some commands load.
HEAVY = (
    "folium", "jinja2", "matplotlib.figure", "numba", "openpyxl", "pyarrow.parquet", "rasterio",
    "xlsxwriter", "docxtpl", "typer", "rich.console", "rich.table",
)  # fmt: skip


@cache
def python() -> list[str]:
    """Return the words that stand for an interpreter, and start what they need."""
    folder = tempfile.mkdtemp(prefix="warm-")
    path = f"{folder}/socket"
    # The server ends when the pipe does, however this process ends.
    with (Path(folder) / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, __file__, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert server.stdout is not None
    ready = server.stdout.readline()
    assert ready == b"ready\n", (Path(folder) / "log").read_text("utf-8")

    def stop() -> None:
        server.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("warm_client.py")), path]


def program(path: Path, *words: str) -> Path:
    """Write a program that runs these words in a Python that ``python`` hands out."""
    command = shlex.join([*python(), *words])
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def copy_repository(place: Path, names: Iterable[str], *but: str) -> None:
    """Copy parts of the repository, but for some names, with what has been compiled of them.

    That is valid there too, since files keep their times; to compile anew takes seconds. What
    another process is just writing is left out.
    """
    ignore = shutil.ignore_patterns("*.pyc.*", "*.nb?*", *but)
    for name in names:
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, place / name)
        else:
            shutil.copytree(ROOT / name, place / name, ignore=ignore)
    if sys.pycache_prefix is not None:
        prefix = sys.pycache_prefix
        shutil.copytree(f"{prefix}{ROOT}", f"{prefix}{place}", ignore=ignore, dirs_exist_ok=True)


def serve(path: str) -> list[str]:
    """Load everything, then fork for each client; return, in the fork, the words it is to run."""
    gc.disable()  # what is loaded stays
    for name in HEAVY:
        with suppress(ImportError):
            importlib.import_module(name)
    import zoning

    report = zoning.check(EXAMPLES)
    report.to_json()
    report.map("zh").get_root().render()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(32)
    gc.collect()
    gc.freeze()
    gc.enable()
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting: dict[int, socket.socket] = {}
    os.write(1, b"ready\n")
    while True:
        ready, _, _ = select.select([listener, 0, woken], [], [])
        if 0 in ready:
            sys.exit()
        if woken in ready:
            os.read(woken, 64)
            _tell_ends(waiting)
        if listener in ready:
            line, _ = listener.accept()
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for used in (listener, *waiting.values()):
                    used.close()
                os.close(woken)
                os.close(wakes)
                return _become(line)
            waiting[child] = line


def _tell_ends(waiting: dict[int, socket.socket]) -> None:
    """Tell each client whose process has ended how it did."""
    for child in list(waiting):
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            code = os.waitstatus_to_exitcode(status)
            with waiting.pop(child) as line, suppress(OSError):
                line.sendall(code.to_bytes(4, "big", signed=True))


def _become(line: socket.socket) -> list[str]:
    """Take over what the client handed in: its streams, folder, environment and words."""
    head, streams, *_ = socket.recv_fds(line, 8, 3)
    body, size = b"", int.from_bytes(head, "big")
    while len(body) < size and (more := line.recv(size - len(body))):
        body += more
    line.close()
    if len(body) < size:
        os._exit(1)  # the client has gone
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    folder, count, *rest = body.decode("utf-8", "surrogateescape").split("\0")
    os.chdir(folder)
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ.clear()
    os.environ.update(item.split("=", 1) for item in rest[int(count) :])
    paths = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    sys.path[:] = [folder, *paths, *(p for p in sys.path[1:] if p not in before)]
    _open_streams()
    _forget_another_package()
    return rest[: int(count)]


def _open_streams() -> None:
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    said = {"encoding": encoding or "utf-8"}
    sys.stdin = sys.__stdin__ = open(0, **said)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", errors=errors or "strict", **said)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(  # noqa: SIM115
        2, "w", errors="backslashreplace", buffering=1, **said
    )


def _forget_another_package() -> None:
    """Let a copy of the package that the path names be imported, not the one that is loaded."""
    found = PathFinder.find_spec("zoning", sys.path)
    if found is not None and found.origin == sys.modules["zoning"].__file__:
        return
    for name in [n for n in sys.modules if n.partition(".")[0] == "zoning"]:
        del sys.modules[name]


def _run(words: list[str]) -> None:
    if words[0] == "-W":
        warnings.simplefilter(words[1])  # type: ignore[arg-type]
        words = words[2:]
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        exec(words[1], {"__name__": "__main__"})
    else:
        sys.argv = words
        sys.path[0] = str(Path(words[0]).resolve().parent)
        runpy.run_path(words[0], run_name="__main__")


def _end(code: int) -> NoReturn:
    """End as an interpreter does, but leave the memory to the system."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        code = 120
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _main(path: str) -> NoReturn:
    words = serve(path)
    try:
        _run(words)
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        _end(stop.code & 255 if isinstance(stop.code, int) else int(stop.code is not None))
    except BaseException:  # noqa: BLE001 - what an interpreter does with it
        traceback.print_exc()
        _end(1)
    _end(0)


if __name__ == "__main__":
    _main(sys.argv[1])
