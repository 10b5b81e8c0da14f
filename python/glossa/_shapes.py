"""Makes methods of operations: those that block, for threads, and coroutines, for asyncio.

Every coroutine is true as a condition, so that an `if` without its await would be true for all files. Those with a
result of True or False are a Question, which raises TypeError there.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
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


class Question(Coroutine[Any, Any, bool]):
    """A coroutine that returns True or False.

    answer: if it is known without a request, what the coroutine returns; a condition then needs no await
    """

    __slots__ = ("_answer", "_ask", "_coroutine", "_name")

    def __init__(
        self, name: str, ask: Callable[[], Coroutine[Any, Any, bool]], answer: bool | None = None
    ) -> None:
        self._name = name
        self._ask = ask
        self._answer = answer
        # Made at once, as Python warns when it is dropped without an await; an answer that is known needs none.
        self._coroutine = ask() if answer is None else None

    def _begin(self) -> Coroutine[Any, Any, bool]:
        if self._coroutine is None:
            self._coroutine = self._ask()
        return self._coroutine

    def __bool__(self) -> bool:
        if self._answer is not None:
            return self._answer
        self.close()
        raise TypeError(f"{self._name}() has to be awaited before it is true or false")

    def __await__(self) -> Generator[Any, Any, bool]:
        return self._begin().__await__()

    def send(self, value: Any) -> Any:
        return self._begin().send(value)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        return self._begin().throw(typ if val is None else val)

    def close(self) -> None:
        if self._coroutine is not None:
            self._coroutine.close()


def question(
    operation: Callable[Concatenate[Any, P], Call[bool]],
) -> Callable[Concatenate[Any, P], Question]:
    """A coroutine that returns True or False, and is neither as a condition."""

    @wraps(operation)
    def method(self: Awaiting, *args: P.args, **kwargs: P.kwargs) -> Question:
        return Question(
            operation.__name__, lambda: self._run(operation(self._calls, *args, **kwargs))
        )

    return method
