"""Makes methods of operations: those that block, for threads, and coroutines, for asyncio. One table has the methods
of both, in the base class of the two: `stat = Method(VolumeCalls.stat)`.

Every coroutine is true as a condition, so that an `if` without its await would be true for all files. Those with a
result of True or False are a Question, which raises TypeError there.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ._request import Call

R = TypeVar("R")
T = TypeVar("T", bound="Closing")

if TYPE_CHECKING:
    from typing import Protocol

    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")

    class Closing(Protocol):
        """An object that an `async with` block closes."""

        async def __aenter__(self) -> Any: ...
        async def __aexit__(self, *details: Any) -> object: ...

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

else:
    # Python 3.9 has no ParamSpec.
    P = TypeVar("P")


class Method(Generic[P, R]):
    """An operation as a method of the classes for threads and of those for asyncio."""

    def __init__(self, operation: Callable[Concatenate[Any, P], Call[R]]) -> None:
        """operation: gets the `_calls` of the object, and the arguments of the method"""
        self.operation = operation
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:

        @overload
        def __get__(self, owner: Blocking, kind: Any = None) -> Callable[P, R]: ...
        @overload
        def __get__(
            self, owner: Awaiting, kind: Any = None
        ) -> Callable[P, Coroutine[Any, Any, R]]: ...
        def __get__(self, owner: Any, kind: Any = None) -> Any: ...

    def block(self) -> Callable[..., R]:
        """A method that waits for the result."""
        operation = self.operation

        @wraps(operation)
        def method(self: Blocking, *args: P.args, **kwargs: P.kwargs) -> R:
            return self._run(operation(self._calls, *args, **kwargs))

        return method

    def await_(self) -> Callable[..., Coroutine[Any, Any, R]]:
        """A coroutine that returns the result."""
        operation = self.operation

        @wraps(operation)
        async def method(self: Awaiting, *args: P.args, **kwargs: P.kwargs) -> R:
            return await self._run(operation(self._calls, *args, **kwargs))

        return method


class Shaped:
    """A class with methods of operations, which its derived classes for threads and for asyncio get in their shape."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        run = getattr(cls, "_run", None)
        if run is None:
            return
        for name in dir(cls):
            found = getattr(cls, name, None)
            if isinstance(found, Method):
                method = found.await_() if iscoroutinefunction(run) else found.block()
                method.__name__ = name
                setattr(cls, name, method)


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


class QuestionMethod(Method[P, bool]):
    """An operation with a result of True or False, whose coroutine is neither as a condition."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, owner: Blocking, kind: Any = None) -> Callable[P, bool]: ...
        @overload
        def __get__(self, owner: Awaiting, kind: Any = None) -> Callable[P, Question]: ...
        def __get__(self, owner: Any, kind: Any = None) -> Any: ...

    def await_(self) -> Callable[..., Question]:
        operation, name = self.operation, self.name

        @wraps(operation)
        def method(self: Awaiting, *args: P.args, **kwargs: P.kwargs) -> Question:
            return Question(name, lambda: self._run(operation(self._calls, *args, **kwargs)))

        return method


class Opening(Generic[T]):
    """An object that is about to be opened: `await` it, or use it in `async with`."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._make = make
        self._opened: T | None = None

    def __await__(self) -> Generator[Any, Any, T]:
        return self._make().__await__()

    async def __aenter__(self) -> T:
        self._opened = opened = await self._make()
        return await opened.__aenter__()

    async def __aexit__(self, *details: Any) -> None:
        if self._opened is not None:
            await self._opened.__aexit__(*details)
