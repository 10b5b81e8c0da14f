"""VolumePath of glossa.aio: a path in a volume, whose methods are coroutines."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ._path import PathBase
from ._path_calls import ANY_DEPTH, PathCalls, PathPart, match_part, split_pattern
from ._request import Call
from ._shapes import awaitable, question

if TYPE_CHECKING:
    from ._aio_opening import Opening
    from .aio import File, Volume

R = TypeVar("R")


class VolumePath(PathBase["Volume"]):
    """A path with the methods of `glossa.VolumePath` as coroutines, and asynchronous iterators."""

    __slots__ = ()

    async def _run(self, call: Call[R]) -> R:
        return await self._volume.run(call)

    stat = awaitable(PathCalls.stat)
    lstat = awaitable(PathCalls.lstat)
    exists = question(PathCalls.exists)
    is_file = question(PathCalls.is_file)
    is_dir = question(PathCalls.is_dir)
    is_symlink = question(PathCalls.is_symlink)
    samefile = question(PathCalls.samefile)
    chmod = awaitable(PathCalls.chmod)
    mkdir = awaitable(PathCalls.mkdir)
    touch = awaitable(PathCalls.touch)
    unlink = awaitable(PathCalls.unlink)
    rmdir = awaitable(PathCalls.rmdir)
    symlink_to = awaitable(PathCalls.symlink_to)
    hardlink_to = awaitable(PathCalls.hardlink_to)
    read_bytes = awaitable(PathCalls.read_bytes)
    write_bytes = awaitable(PathCalls.write_bytes)
    read_text = awaitable(PathCalls.read_text)
    write_text = awaitable(PathCalls.write_text)

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
