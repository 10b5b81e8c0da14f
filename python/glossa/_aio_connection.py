"""Connection of asyncio: many requests of many tasks over one socket."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from itertools import count
from typing import Any, TypeVar

from ._connection_base import LAST_NUMBER, SERVER_CLOSED, UNHEARD, ConnectionBase, make_close
from ._identity import Identity, register
from ._request import Call, Request
from ._server import Link

R = TypeVar("R")


class Connection(ConnectionBase, asyncio.BufferedProtocol):
    """A connection whose callers are tasks of one event loop."""

    def __init__(self, link: Link | None, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(link)
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        # Buffers of messages, which leave at the end of the turn of the event loop.
        self._outgoing: list[Any] = []
        self._drained: asyncio.Future[None] | None = None

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
            self._disown(request)
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

    def drop(self, handle: int) -> None:
        """Has a handle closed. Finalizers call it, in any thread."""
        try:
            self._loop.call_soon_threadsafe(self._send_unheard, make_close(handle))
        except RuntimeError:
            # The loop is closed, so the connection is about to end.
            pass

    def _lose(self, reason: str) -> None:
        super()._lose(reason)
        self.resume_writing()

    def _release(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._end)
        except RuntimeError:
            # The loop is closed, so no task waits.
            if self._link is not None:
                self._link.stream.close()

    def _end(self) -> None:
        if self._transport is not None:
            self._transport.abort()

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
        self._lose(SERVER_CLOSED if exc is None else str(exc))
