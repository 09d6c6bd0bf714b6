"""The client of ``tests/warm.py``: it imports next to nothing, so that it starts at once."""

import os
import socket
import sys


def ask(path: str, words: list[str]) -> None:
    """Have words of a command line run by the server, and end as that process ends."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        env = [f"{name}={value}" for name, value in os.environ.items()]
        parts = [os.getcwd(), str(len(words)), *words, *env]  # noqa: PTH109 - pathlib takes longer than all the rest
        body = "\0".join(parts).encode("utf-8", "surrogateescape")
        socket.send_fds(line, [len(body).to_bytes(8, "big")], [0, 1, 2])
        line.sendall(body)
        told = line.recv(4)
    if len(told) < 4:
        sys.exit("the server of tests/warm.py has gone")
    code = int.from_bytes(told, "big", signed=True)
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    ask(sys.argv[1], sys.argv[2:])
