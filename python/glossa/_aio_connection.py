"""Connection of asyncio: many requests of many tasks over one socket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator
from errno import ENOTCONN
from itertools import count
from typing import Any, TypeVar

from ._connection import LAST_NUMBER, UNHEARD, make_cancel, make_close
from ._identity import Identity, register
from ._replies import Replies
from ._request import Call, Request
from ._server import Link, await_end

R = TypeVar("R")


class Connection(asyncio.BufferedProtocol):
    """A connection whose callers are tasks of one event loop."""

    def __init__(self, link: Link, loop: asyncio.AbstractEventLoop) -> None:
        self.greeting = link.greeting
        self.loss: str | None = None
        self._process = link.process
        self._stream = link.stream
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._numbers = count(1)
        self._replies = Replies()
        self._replies.close_orphan = self._close_orphan
        # Buffers of messages, which leave at the end of the turn of the event loop.
        self._outgoing: list[Any] = []
        self._drained: asyncio.Future[None] | None = None
        self._identities: dict[Identity, int] = {}

    async def run(self, call: Call[R], identity: Identity | None = None) -> R:
        """Carries out an operation. @raises OSError"""
        number = 0 if identity is None else await self._identify(identity)
        if isinstance(call, Request):
            return await self.call(call, number)
        return await self._run_steps(call, number)

    async def _run_steps(self, steps: Generator[Request[Any], Any, R], identity: int) -> R:
        try:
            request = next(steps)
            while True:
                try:
                    result = await self.call(request, identity)
                except (OSError, asyncio.CancelledError) as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(result)
        except StopIteration as end:
            return end.value

    async def _identify(self, identity: Identity) -> int:
        number = self._identities.get(identity)
        if number is None:
            number = self._identities[identity] = await self.call(register(identity))
        return number

    async def call(self, request: Request[R], identity: int = 0) -> R:
        """Sends a request, and waits for its reply."""
        if self.loss is not None:
            raise self.make_loss()
        number = next(self._numbers)
        if number > LAST_NUMBER:
            self._numbers = count(2)
            number = 1
        request.number = number
        buffers = request.encode(identity)
        future = self._loop.create_future()
        request.future = future
        self._replies.waiting[number] = request
        self._send(buffers)
        try:
            if self._drained is not None:
                await self._drained
            await future
        except BaseException:
            self._abandon(request)
            raise
        if request.errno == 0:
            return request.decode(request.reply)
        raise request.error() if request.reply else self.make_loss()

    def _send(self, buffers: Any) -> None:
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing += buffers

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is not None and self.loss is None:
            self._transport.write(outgoing[0] if len(outgoing) == 1 else b"".join(outgoing))

    def _send_unheard(self, request: Request[Any]) -> None:
        request.number = UNHEARD
        if self.loss is None:
            self._send(request.encode(0))

    def _abandon(self, request: Request[Any]) -> None:
        """Gives up a request whose task was cancelled."""
        number = request.number
        request.into = None
        if request.opens:
            self._replies.orphans[number] = request
        if not request.is_done:
            self._send_unheard(make_cancel(number))
        elif request.opens:
            self._close_orphan(number)

    def _close_orphan(self, number: int) -> None:
        request = self._replies.orphans.pop(number, None)
        if request is not None and request.errno == 0:
            self._send_unheard(make_close(request.decode(request.reply)))

    def drop(self, handle: int) -> None:
        """Has a handle closed. Finalizers call it, in any thread."""
        try:
            self._loop.call_soon_threadsafe(self._send_unheard, make_close(handle))
        except RuntimeError:
            # The loop is closed, so the connection is about to end.
            pass

    def make_loss(self) -> OSError:
        return OSError(ENOTCONN, f"{os.strerror(ENOTCONN)} ({self.loss})")

    def _lose(self, reason: str) -> None:
        if self.loss is None:
            self.loss = reason
        self._replies.fail(ENOTCONN)
        self.resume_writing()

    def close(self) -> None:
        """Ends the connection, in any thread; calls under way fail with ENOTCONN."""
        if self.loss is None:
            self.loss = "the volume is closed"
            try:
                self._loop.call_soon_threadsafe(self._end)
            except RuntimeError:
                # The loop is closed, so no task waits.
                self._stream.close()
        if self._process is not None:
            await_end(self._process)

    def _end(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def leave_to_parent(self) -> None:
        """In a child after fork: the connection is the parent's."""
        os.close(self._stream.detach())
        self.loss = "the connection belongs to the parent process"
        if self._process is not None:
            # Not a child of this process, so there is no status to wait for.
            self._process.returncode = 0

    # -- asyncio.BufferedProtocol ------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._replies.target()

    def buffer_updated(self, nbytes: int) -> None:
        try:
            self._replies.take_received(nbytes)
        except ConnectionError as error:
            self._lose(str(error))
            self._end()

    def pause_writing(self) -> None:
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose("the server has ended the connection" if exc is None else str(exc))
