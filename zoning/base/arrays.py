"""Named arrays in one file that is mapped into memory: written whole, and checked where it is read.

The file is ``MAGIC``, the length and the SHA-256 of a header in JSON, the header, and the arrays,
each on a multiple of 64 bytes. The header holds what the writer says ``about`` them and the SHA-256
of every 256 KiB of each array. No byte is handed out before its block has been checked, so a file
that was cut short or changed shows as :class:`DamagedError` and never as other numbers. Nothing in
the file runs.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base import scratch

MAGIC: Final = b"ZNARR\x01\r\n"
_BLOCK: Final = 1 << 18
_ALIGN: Final = 64
_HEAD: Final = struct.Struct("<Q32s")
#: Kinds of numpy types that may be stored: numbers, truth values, and days.
_KINDS: Final = "biufM"


class DamagedError(ValueError):
    """The file is not what was written: cut short, changed, or of another kind."""


def write_arrays(path: Path, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays, whole or not at all; whoever has the old file open keeps it.

    Parameters
    ----------
    path : Path
        Its folder is made if need be.
    about : mapping
        Anything that JSON holds.
    arrays : mapping of str to ndarray
        Numbers only.

    Raises
    ------
    OSError
        The place cannot be written.
    """
    placed: dict[str, Any] = {}
    solid = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    at = 0
    for name, values in solid.items():
        if values.dtype.kind not in _KINDS:
            raise TypeError(f"{name}: {values.dtype}")
        blocks = [_digest(block) for block in _blocks(_bytes(values))]
        placed[name] = {
            "dtype": values.dtype.str, "shape": np.shape(arrays[name]), "at": at, "blocks": blocks,
        }  # fmt: skip
        at = _aligned(at + values.nbytes)
    header = json.dumps({"about": about, "size": at, "arrays": placed}, ensure_ascii=False).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch.sweep(path.parent, f"{path.name}.")
    part = path.with_name(f".{path.name}.{scratch.run()}.{threading.get_ident()}.part")
    try:
        with part.open("wb") as sink:
            sink.write(MAGIC + _HEAD.pack(len(header), hashlib.sha256(header).digest()) + header)
            start = _aligned(sink.tell())
            for name, values in solid.items():
                sink.seek(start + placed[name]["at"])
                sink.write(_bytes(values))
            sink.truncate(start + at)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Arrays:
    """The arrays of a file.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    about : dict
        What the writer said.

    Raises
    ------
    OSError
        There is no such file.
    DamagedError
        Its header is not what was written, or the file is shorter.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            head = stream.read(len(MAGIC) + _HEAD.size)
            size = os.fstat(stream.fileno()).st_size
            if len(head) < len(MAGIC) + _HEAD.size or not head.startswith(MAGIC):
                raise DamagedError(str(path))
            length, digest = _HEAD.unpack(head[len(MAGIC) :])
            header = stream.read(length) if length < size else b""
            if hashlib.sha256(header).digest() != digest:
                raise DamagedError(str(path))
            told = json.loads(header)
            self._start = _aligned(len(head) + length)
            if size != self._start + told["size"]:
                raise DamagedError(str(path))
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._path = path
        self.about: dict[str, Any] = told["about"]
        self._placed: dict[str, Any] = told["arrays"]
        self._sound = {
            name: np.zeros(len(entry["blocks"]), dtype=bool) for name, entry in self._placed.items()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._placed

    def __iter__(self) -> Any:
        return iter(self._placed)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a whole array, which cannot be written to.

        Raises
        ------
        DamagedError
        """
        rows = self.part(name, 0, None)
        return rows if self._placed[name]["shape"] else rows.reshape(())

    def part(self, name: str, start: int, stop: int | None) -> NDArray[Any]:
        """Return some rows of an array; only the blocks that hold them are read and checked.

        Raises
        ------
        DamagedError
        """
        entry = self._placed[name]
        kind, shape = np.dtype(entry["dtype"]), tuple(entry["shape"]) or (1,)
        width = kind.itemsize * math.prod(shape[1:])
        low, high, _ = slice(start, stop).indices(shape[0])
        high = max(high, low)
        self._check(name, np.arange(low * width // _BLOCK, -(-high * width // _BLOCK)))
        count, begin = (high - low) * width // kind.itemsize, self._start + entry["at"]
        rows = np.frombuffer(self._map, kind, count, begin + low * width)
        return rows.reshape(high - low, *shape[1:])

    def slices(self, name: str, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> list[bytes]:
        """Return stretches of an array of bytes.

        Raises
        ------
        DamagedError
        """
        first, last = starts // _BLOCK, np.maximum(stops - 1, starts) // _BLOCK
        most = int((last - first).max(initial=0)) + 1
        blocks = np.minimum(first[:, None] + np.arange(most), last[:, None])
        self._check(name, np.unique(blocks))
        begin, content = self._start + self._placed[name]["at"], self._map
        pairs = zip((starts + begin).tolist(), (stops + begin).tolist(), strict=True)
        return [content[low:high] for low, high in pairs]

    def _check(self, name: str, blocks: NDArray[np.int64]) -> None:
        """Check some blocks of an array, each once."""
        entry, sound = self._placed[name], self._sound[name]
        size = math.prod(entry["shape"]) * np.dtype(entry["dtype"]).itemsize
        begin = self._start + entry["at"]
        with memoryview(self._map) as content:
            for index in blocks[~sound[blocks]].tolist():
                stop = min((index + 1) * _BLOCK, size)
                with content[begin + index * _BLOCK : begin + stop] as block:
                    if _digest(block) != entry["blocks"][index]:
                        raise DamagedError(str(self._path))
                sound[index] = True


def _bytes(values: NDArray[Any]) -> memoryview:
    return values.reshape(-1).view(np.uint8).data


def _blocks(content: memoryview) -> Any:
    return (content[at : at + _BLOCK] for at in range(0, len(content), _BLOCK))


def _digest(block: memoryview) -> str:
    return hashlib.sha256(block).hexdigest()


def _aligned(at: int) -> int:
    return -(-at // _ALIGN) * _ALIGN
