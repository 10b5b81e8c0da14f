"""The first message of both ends of a connection: version, and a record in JSON."""

from __future__ import annotations

import json
import platform
import socket
from struct import Struct
from typing import Any

from ._operations import GREETING, LAST_PART, VERSION

LENGTH = Struct(">I")

# A longer record is not of this protocol.
MAX_BYTES = 65_536

Greeting = dict[str, Any]


def greet(stream: socket.socket) -> Greeting:
    """Exchanges greetings with the server, and returns its record. @raises OSError"""
    own = GREETING + json.dumps({"client": f"python {platform.python_version()}"}).encode()
    stream.sendall(LENGTH.pack(len(own) | LAST_PART) + own)
    (length,) = LENGTH.unpack(_receive(stream, LENGTH.size))
    length -= LAST_PART
    if not len(GREETING) <= length <= MAX_BYTES:
        raise ConnectionError("the socket is not that of a server of 'glossa api'")
    message = _receive(stream, length)
    name, version = message[: len(GREETING) - 1], message[len(GREETING) - 1]
    if name != GREETING[:-1]:
        raise ConnectionError("the socket is not that of a server of 'glossa api'")
    record: Greeting = json.loads(message[len(GREETING) :])
    if type(record) is not dict:
        raise ConnectionError("the server's greeting is not an object of JSON")
    if version != VERSION and "error" not in record:
        raise ConnectionError(
            f"the server speaks version {version} of the protocol, this package version {VERSION}"
        )
    return record


def _receive(stream: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        part = stream.recv(size)
        if not part:
            raise ConnectionError("the server closed the connection before its greeting")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
