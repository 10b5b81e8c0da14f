"""Makes methods of operations: those that block, for threads, and coroutines, for asyncio."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from ._request import Call

R = TypeVar("R")

if TYPE_CHECKING:
    from typing import Protocol

    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")

    class Blocking(Protocol):
        """Carries out operations while its caller waits."""

        @property
        def _calls(self) -> Any: ...
        def _run(self, call: Call[R]) -> R: ...

    class Awaiting(Protocol):
        """Carries out operations of tasks."""

        @property
        def _calls(self) -> Any: ...
        async def _run(self, call: Call[R]) -> R: ...


def blocking(
    operation: Callable[Concatenate[Any, P], Call[R]],
) -> Callable[Concatenate[Any, P], R]:
    """A method that waits for the result of an operation."""

    @wraps(operation)
    def method(self: Blocking, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._run(operation(self._calls, *args, **kwargs))

    return method


def awaitable(
    operation: Callable[Concatenate[Any, P], Call[R]],
) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]:
    """A coroutine that returns the result of an operation."""

    @wraps(operation)
    async def method(self: Awaiting, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._run(operation(self._calls, *args, **kwargs))

    return method
