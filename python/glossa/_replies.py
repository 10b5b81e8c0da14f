"""Replies: splits the bytes of a socket into replies, and gives each to its request.

A KeyboardInterrupt may stop the reading thread between any two steps. So each step leaves a state
from which the next reader goes on: a receive stores its count inside one call of C, and every other
change is one assignment that may be repeated.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from ._operations import LAST_PART, REPLY
from ._request import LENGTH_BYTES, Request

HEADER_BYTES = REPLY.size
unpack_header = REPLY.unpack_from

# Replies up to this size are received with one system call, and copied once.
BUFFER_BYTES = 16_384


# No reply is larger.
REPLY_BYTES = 67_108_864


def check_fits(length: int, into: memoryview) -> None:
    if length > len(into):
        raise ConnectionError("malformed reply")


class _Body:
    """The memory of a reply that is larger than what has been received with its header."""

    __slots__ = ("request", "errno", "target", "_holder")

    def __init__(self, request: Request[Any] | None, errno: int, length: int, start: memoryview):
        self.request = request
        self.errno = errno
        self._holder: io.BytesIO | None = None
        into = None if request is None or errno != 0 else request.into
        if into is not None:
            check_fits(length, into)
            self.target = into[:length]
        else:
            # Returns its memory as bytes without a copy, which a bytearray cannot.
            self._holder = io.BytesIO(bytes(length))
            self.target = self._holder.getbuffer()
        self.target[: len(start)] = start

    def reply(self) -> bytes | int:
        if self._holder is None:
            return len(self.target)
        return self._holder.getvalue()


class Replies:
    """The receiving end of a connection."""

    def __init__(self) -> None:
        # Requests by number, until their replies come.
        self.waiting: dict[int, Request[Any]] = {}
        # Requests whose callers have gone and whose replies are handles.
        self.orphans: dict[int, Request[Any]] = {}
        self.close_orphan: Callable[[int], None] = lambda number: None
        self._buffer = bytearray(BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._whole = (self._view,)
        # Start and end of the bytes in the buffer, or of those in the body that is being received;
        # the count of a receive that is not yet part of it.
        self._state: tuple[int, int, list[int], _Body | None] = (0, 0, [], None)
        # Whether all that was received has been looked through for replies.
        self._is_settled = True

    def target(self) -> memoryview:
        """The memory for the next receive."""
        _, end, _, body = self._state
        if body is not None:
            return body.target[end:]
        return self._view[end:] if end else self._view

    def receive(self, receive_into: Callable[[memoryview], int]) -> bool:
        """Receives once, and settles all requests whose replies are whole. False: the end."""
        # After an exception, what was received before it comes first.
        if self._is_settled:
            self._is_settled = False
            _, end, received, body = self._state
            target = self._whole if end == 0 and body is None else (self.target(),)
            received.extend(map(receive_into, target))
        is_open = self._take()
        self._is_settled = True
        return is_open

    def take_received(self, count: int) -> None:
        """The same for a receive that the caller has made."""
        self._state[2].append(count)
        self._take()

    def _take(self) -> bool:
        """Settles the requests whose replies are whole."""
        start, end, received, body = self._state
        if received:
            if received[0] == 0:
                return False
            end += received[0]
        if body is not None:
            self._take_body(body, end)
            return True
        buffer = self._buffer
        waiting = self.waiting
        while end - start >= HEADER_BYTES:
            length, number, errno = unpack_header(buffer, start)
            data = start + HEADER_BYTES
            stop = start + LENGTH_BYTES + length - LAST_PART
            if not data <= stop <= start + REPLY_BYTES:
                raise ConnectionError("malformed reply")
            request = waiting.get(number)
            if stop > end:
                body = _Body(request, errno, stop - data, self._view[data:end])
                self._state = (0, end - data, [], body)
                return True
            if request is not None:
                if not request.is_done:
                    into = request.into
                    if into is None or errno != 0:
                        request.settle(errno, bytes(self._view[data:stop]))
                    else:
                        check_fits(stop - data, into)
                        into[: stop - data] = self._view[data:stop]
                        request.settle(errno, stop - data)
                self._finish(request)
            start = stop
        if start == end:
            self._state = (0, 0, [], None)
        else:
            self._keep_rest(start, end)
        return True

    def _take_body(self, body: _Body, end: int) -> None:
        if end < len(body.target):
            self._state = (0, end, [], body)
            return
        request = body.request
        if request is not None:
            if not request.is_done:
                request.settle(body.errno, body.reply())
            self._finish(request)
        self._state = (0, 0, [], None)

    def _keep_rest(self, start: int, end: int) -> None:
        """Moves less than a header to the front; it never reaches to where it came from."""
        self._state = (start, end, [], None)
        if start > 0:
            self._buffer[: end - start] = self._buffer[start:end]
            self._state = (0, end - start, [], None)

    def _finish(self, request: Request[Any]) -> None:
        """Ends a request that is settled; as each step, it may be repeated."""
        request.wake_caller()
        number = request.number
        self.waiting.pop(number, None)
        if number in self.orphans:
            self.close_orphan(number)

    def fail(self, errno: int) -> None:
        """Fails all requests that wait."""
        for request in list(self.waiting.values()):
            if not request.is_done:
                request.settle(errno, b"")
            request.wake_caller()
        self.waiting.clear()
