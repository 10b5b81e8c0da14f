"""Connection: many requests of many threads over one socket.

The thread that waits for a reply reads the socket itself. One thread has this role at a time; it gives
the others their replies, and hands the role on when it has its own.
"""

from __future__ import annotations

import socket
from _thread import allocate_lock, get_ident
from collections import deque
from collections.abc import Generator, Sequence
from itertools import count
from threading import RLock
from typing import Any, TypeVar

from ._connection_base import LAST_NUMBER, SERVER_CLOSED, UNHEARD, ConnectionBase, make_close
from ._identity import Identity, register
from ._request import Call, Request, wake
from ._server import Link

R = TypeVar("R")

# Requests without data that are under way together: they fit in the buffer of the socket, so that the server can
# wait for room for its replies.
WIDTH = 32

# A lost connection raises an error instead.
NO_SIGNAL = (socket.MSG_NOSIGNAL,)


class Connection(ConnectionBase):
    """A connection whose callers are threads."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        stream = self._stream = link.stream
        self._receive_into = stream.recv_into
        self._send_one = stream.send
        self._send_parts = stream.sendmsg
        self._waiting = self._replies.waiting
        # A signal handler or finalizer may send while its thread does.
        self._sending = RLock()
        # The request whose caller reads the socket, under the key 0: setdefault takes the role in
        # one step, which a signal cannot divide.
        self._role: dict[int, Request[Any]] = {}
        # Requests whose callers sleep, and may be handed the role.
        self._sleepers: dict[int, Request[Any]] = {}
        # Handles of files that were dropped.
        self._dropped: deque[int] = deque()

    def run(self, call: Call[R], identity: Identity | None = None) -> R:
        """Carries out an operation. @raises OSError"""
        number = 0 if identity is None else self._identify(identity)
        if isinstance(call, Request):
            return self.call(call, number)
        return self._run_steps(call, number)

    def _run_steps(self, steps: Generator[Request[Any], Any, R], identity: int) -> R:
        try:
            request = next(steps)
            while True:
                try:
                    result = self.call(request, identity)
                except BaseException as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(result)
        except StopIteration as end:
            return end.value

    def _identify(self, identity: Identity) -> int:
        number = self._identities.get(identity)
        if number is None:
            number = self._identities[identity] = self.call(register(identity))
        return number

    def call(self, request: Request[R], identity: int = 0) -> R:
        """Sends a request, and waits for its reply."""
        self._register(request)
        # Bytes that each send took.
        sent: list[int] = []
        try:
            if self.loss is not None:
                raise self.make_loss()
            self._send(request.encode(identity), sent)
            self._await(request)
        except BaseException:
            self._abandon(request, bool(sent))
            raise
        if request.errno == 0:
            return request.decode(request.reply)
        raise self._make_error(request)

    def call_all(self, requests: Sequence[Request[R]], identity: int = 0) -> list[R | OSError]:
        """Has many requests without data under way. One that fails has its error in place of its result."""
        sent: list[int] = []
        try:
            for start in range(0, len(requests), WIDTH):
                window = requests[start : start + WIDTH]
                sent = []
                if self.loss is not None:
                    raise self.make_loss()
                parts: list[Any] = []
                for request in window:
                    self._register(request)
                    parts += request.encode(identity)
                self._send(parts, sent)
                for request in window:
                    if not request.is_done:
                        self._await(request)
        except BaseException:
            for request in requests:
                # Those before this window are done, those after it have no number.
                self._abandon(request, request.is_done or (bool(sent) and request.number != UNHEARD))
            raise
        return [
            request.decode(request.reply) if request.errno == 0 else self._make_error(request)
            for request in requests
        ]

    def _make_error(self, request: Request[Any]) -> OSError:
        return request.error() if request.reply else self.make_loss()

    def _register(self, request: Request[Any]) -> None:
        """Numbers a request that is about to be sent."""
        number = next(self._numbers)
        if number > LAST_NUMBER:
            self._numbers = count(2)
            number = 1
        request.number = number
        request.thread = get_ident()
        if self._dropped:
            self._close_dropped()
        self._waiting[number] = request

    def _await(self, request: Request[Any]) -> None:
        """Waits for the reply to a request that was sent."""
        role = self._role
        if role.setdefault(0, request) is request:
            while not request.is_done:
                self._receive()
            del role[0]
            if self._sleepers:
                self._hand_over()
        else:
            self._sleep(request)

    def _sleep(self, request: Request[Any]) -> None:
        """Waits while another thread reads, or until the role comes to this one."""
        reader = self._role.get(0)
        if reader is not None and reader.thread == request.thread:
            raise RuntimeError("a signal handler or finalizer called a volume in mid-call")
        number = request.number
        lock = allocate_lock()
        lock.acquire()
        request.wake = lock
        while not request.is_done:
            self._sleepers[number] = request
            # Once more, as the reader may have left before this thread could be found.
            if self._role.setdefault(0, request) is request:
                self._sleepers.pop(number, None)
                while not request.is_done:
                    self._receive()
                del self._role[0]
                self._hand_over()
                return
            if not request.is_done:
                lock.acquire()
        self._leave_sleepers(number)

    def _leave_sleepers(self, number: int) -> None:
        # An absent entry was woken to take the role, which it does not need.
        if self._sleepers.pop(number, None) is None:
            self._hand_over()

    def _hand_over(self) -> None:
        """Wakes a thread that takes the role of the reader."""
        try:
            _, request = self._sleepers.popitem()
        except KeyError:
            return
        if request.wake is not None:
            wake(request.wake)

    def _receive(self) -> None:
        try:
            if not self._replies.receive(self._receive_into):
                self._lose(SERVER_CLOSED)
        except OSError as error:
            self._lose(str(error))

    def _send(self, parts: Sequence[Any], sent: list[int]) -> None:
        """@param sent: gets the number of bytes as soon as any are sent"""
        with self._sending:
            try:
                # In one call of C, so that a signal cannot part the send from its count.
                if len(parts) == 1:
                    sent.extend(map(self._send_one, parts, NO_SIGNAL))
                else:
                    sent.extend(map(self._send_parts, (parts,), ((),), NO_SIGNAL))
            except OSError as error:
                self._lose(str(error))
                raise self.make_loss() from None
            finally:
                if sent and sent[0] != sum(map(len, parts)):
                    self._send_rest(parts, sent[0])

    def _send_rest(self, parts: Sequence[Any], done: int) -> None:
        """Completes a message that a signal has divided."""
        rest = memoryview(b"".join(parts))[done:]
        try:
            self._stream.sendall(rest, socket.MSG_NOSIGNAL)
        except BaseException as error:
            self._lose(f"a request was sent in part: {error}")
            if isinstance(error, OSError):
                raise self.make_loss() from None
            raise

    def _send_unheard(self, request: Request[Any]) -> None:
        request.number = UNHEARD
        try:
            self._send(request.encode(0), [])
        except OSError:
            # The server gives back everything when the connection has ended.
            pass

    def _abandon(self, request: Request[Any], is_sent: bool) -> None:
        """Gives up a request whose caller has got an exception: a signal, or the end."""
        number = request.number
        if self._role.get(0) is request:
            del self._role[0]
            self._hand_over()
        elif request.wake is not None:
            self._leave_sleepers(number)
        if not is_sent or self.loss is not None:
            self._waiting.pop(number, None)
            return
        self._disown(request)

    def drop(self, handle: int) -> None:
        """Has a handle closed with the next request. Finalizers call it, at any point of another call."""
        self._dropped.append(handle)

    def _close_dropped(self) -> None:
        while self._dropped:
            self._send_unheard(make_close(self._dropped.popleft()))

    def _lose(self, reason: str) -> None:
        super()._lose(reason)
        for request in list(self._sleepers.values()):
            if request.wake is not None:
                wake(request.wake)

    def _release(self) -> None:
        self._lose(SERVER_CLOSED)
        self._stream.close()
