"""Asks the virus scanner that the operator named: clamd, by its own protocol."""

import socket
import struct

from leeway.refusal import Refusal

CONNECT_SECONDS, ANSWER_SECONDS = 5, 60
CHUNK = 64 * 1024


class ScannerSilent(Refusal):
    """A scanner is named and gives no verdict. Nothing is let through unscanned."""

    def __init__(self):
        super().__init__(
            "The file cannot be checked for viruses at the moment, so it was not taken in. Try again in a few minutes.",
            field="upload",
        )


def threat_in(content: bytes, *, address: str) -> str:
    """The name of what the scanner found in these bytes; empty where it found nothing.

    `address` is clamd's socket: a path, or host:port. Raises ScannerSilent where no verdict comes.
    """
    try:
        answer = _ask(content, address)
    except (OSError, ValueError) as problem:
        raise ScannerSilent from problem
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerSilent  # “INSTREAM size limit exceeded. ERROR”, or half an answer


def _ask(content: bytes, address: str) -> str:
    """Send the bytes to clamd in pieces, each after its length, and read its one line."""
    with _connect(address) as line:
        line.settimeout(ANSWER_SECONDS)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0"):
            more = line.recv(4096)
            if not more:
                raise ConnectionError("clamd closed the line before its answer was whole")
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _connect(address: str) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(CONNECT_SECONDS)
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line
