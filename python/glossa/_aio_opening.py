"""Opening: an object that a coroutine makes, for `await` and for `async with`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from typing import Protocol

    class Closing(Protocol):
        """An object that an `async with` block closes."""

        async def __aenter__(self) -> Any: ...
        async def __aexit__(self, *details: Any) -> object: ...


T = TypeVar("T", bound="Closing")


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
