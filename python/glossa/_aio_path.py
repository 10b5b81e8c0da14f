"""VolumePath of glossa.aio: a path in a volume, whose methods are coroutines."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ._path import PathBase
from ._path_calls import ANY_DEPTH, PathPart, match_part, split_pattern
from ._request import Call

if TYPE_CHECKING:
    from ._shapes import Opening
    from .aio import File, Volume

R = TypeVar("R")


class VolumePath(PathBase["Volume"]):
    """A path with the methods of `glossa.VolumePath` as coroutines, and asynchronous iterators."""

    __slots__ = ()

    async def _run(self, call: Call[R]) -> R:
        return await self._volume.run(call)

    async def rename(self, target: PathPart) -> VolumePath:
        await self._volume.rename(self, target)
        return self._with(target)

    async def replace(self, target: PathPart) -> VolumePath:
        await self._volume.replace(self, target)
        return self._with(target)

    async def readlink(self) -> VolumePath:
        return self._with(await self._volume.readlink(str(self)))

    async def resolve(self) -> VolumePath:
        """The path without symbolic links; the file must exist."""
        return self._with(await self._volume.realpath(self))

    def open(self, mode: str = "rb") -> Opening[File]:
        return self._volume.open(self, mode)

    # -- directories -------------------------------------------------------------------------------

    async def iterdir(self) -> AsyncIterator[VolumePath]:
        for name in await self._volume.listdir(self):
            yield self / name

    async def glob(self, pattern: str) -> AsyncIterator[VolumePath]:
        """The files below that match a pattern, in which `**` is any number of directories."""
        parts = split_pattern(pattern)
        seen: set[str] = set()
        async for path in self._select(str(self), parts):
            if path not in seen:
                seen.add(path)
                yield self._with(path)

    def rglob(self, pattern: str) -> AsyncIterator[VolumePath]:
        return self.glob(f"{ANY_DEPTH}/{pattern}")

    async def _select(self, path: str, parts: Sequence[str]) -> AsyncIterator[str]:
        if not parts:
            yield path
        elif parts[0] == ANY_DEPTH:
            async for directory, _, _ in self._volume.walk(path):
                async for found in self._select(directory, parts[1:]):
                    yield found
        else:
            for name in await self._run(match_part(path, parts[0], len(parts) == 1)):
                async for found in self._select(name, parts[1:]):
                    yield found

    async def walk(
        self, top_down: bool = True, on_error: Any = None, follow_symlinks: bool = False
    ) -> AsyncIterator[tuple[VolumePath, list[str], list[str]]]:
        async for path, folders, files in self._volume.walk(
            str(self), top_down, on_error, follow_symlinks
        ):
            yield self._with(path), folders, files
