"""VolumePath: a path in a volume with the methods of pathlib."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _path_calls as operations
from ._path_calls import ANY_DEPTH, PathPart, calls, match_part, split_pattern
from ._request import Call
from ._shapes import Method, QuestionMethod, Shaped
from ._volume_base import VolumeBase

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._volume import Volume

R = TypeVar("R")
V = TypeVar("V", bound=VolumeBase[Any])


class PathBase(Shaped, os.PathLike[str], Generic[V]):
    """A path in a volume: the part of PurePosixPath, which needs no request."""

    __slots__ = ("_volume", "_pure")

    def __init__(self, volume: V, *parts: PathPart) -> None:
        self._volume = volume
        self._pure = PurePosixPath(*parts)

    def _with(self, *parts: PathPart) -> Self:
        return type(self)(self._volume, *parts)

    @property
    def _calls(self) -> str:
        """The first argument of its operations."""
        return str(self._pure)

    # -- the path itself ---------------------------------------------------------------------------

    @property
    def volume(self) -> V:
        return self._volume

    def __fspath__(self) -> str:
        return str(self._pure)

    def __str__(self) -> str:
        return str(self._pure)

    def __repr__(self) -> str:
        return f"VolumePath({str(self._pure)!r})"

    def __bytes__(self) -> bytes:
        return bytes(self._pure)

    def __hash__(self) -> int:
        return hash(self._pure)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._pure == other._pure and self._volume.is_same(other._volume)

    def __lt__(self, other: Self) -> bool:
        return self._pure < other._pure

    def __le__(self, other: Self) -> bool:
        return self._pure <= other._pure

    def __gt__(self, other: Self) -> bool:
        return self._pure > other._pure

    def __ge__(self, other: Self) -> bool:
        return self._pure >= other._pure

    def __truediv__(self, part: PathPart) -> Self:
        return self._with(self._pure / part)

    def __rtruediv__(self, part: str) -> Self:
        return self._with(part / self._pure)

    def joinpath(self, *parts: PathPart) -> Self:
        return self._with(self._pure.joinpath(*parts))

    @property
    def parts(self) -> tuple[str, ...]:
        return self._pure.parts

    @property
    def name(self) -> str:
        return self._pure.name

    @property
    def stem(self) -> str:
        return self._pure.stem

    @property
    def suffix(self) -> str:
        return self._pure.suffix

    @property
    def suffixes(self) -> list[str]:
        return self._pure.suffixes

    @property
    def parent(self) -> Self:
        return self._with(self._pure.parent)

    @property
    def parents(self) -> Sequence[Self]:
        return tuple(map(self._with, self._pure.parents))

    def as_posix(self) -> str:
        return str(self._pure)

    def is_absolute(self) -> bool:
        return self._pure.is_absolute()

    def is_relative_to(self, other: PathPart) -> bool:
        return self._pure.is_relative_to(os.fspath(other))

    def relative_to(self, other: PathPart) -> PurePosixPath:
        """The rest behind another path; it leads nowhere by itself."""
        return self._pure.relative_to(os.fspath(other))

    def match(self, pattern: str) -> bool:
        return self._pure.match(pattern)

    def with_name(self, name: str) -> Self:
        return self._with(self._pure.with_name(name))

    def with_stem(self, stem: str) -> Self:
        return self._with(self._pure.with_stem(stem))

    def with_suffix(self, suffix: str) -> Self:
        return self._with(self._pure.with_suffix(suffix))

    # -- the file -------------------------------------------------------------------------------------

    stat = Method(calls.stat)
    lstat = Method(calls.lstat)
    exists = QuestionMethod(calls.exists)
    is_file = QuestionMethod(calls.isfile)
    is_dir = QuestionMethod(calls.isdir)
    is_symlink = QuestionMethod(calls.islink)
    samefile = QuestionMethod(operations.samefile)
    chmod = Method(calls.chmod)
    mkdir = Method(operations.mkdir)
    touch = Method(operations.touch)
    unlink = Method(operations.unlink)
    rmdir = Method(calls.rmdir)
    symlink_to = Method(operations.symlink_to)
    hardlink_to = Method(operations.hardlink_to)
    read_bytes = Method(calls.read_bytes)
    write_bytes = Method(calls.write_bytes)
    read_text = Method(calls.read_text)
    write_text = Method(calls.write_text)


class VolumePath(PathBase["Volume"]):
    """A path in a volume: what PurePosixPath has, and what pathlib.Path does with files."""

    __slots__ = ()

    def _run(self, call: Call[R]) -> R:
        return self._volume.run(call)

    def rename(self, target: PathPart) -> VolumePath:
        self._volume.rename(self, target)
        return self._with(target)

    def replace(self, target: PathPart) -> VolumePath:
        self._volume.replace(self, target)
        return self._with(target)

    def readlink(self) -> VolumePath:
        return self._with(self._volume.readlink(str(self)))

    def resolve(self) -> VolumePath:
        """The path without symbolic links; the file must exist."""
        return self._with(self._volume.realpath(self))

    if TYPE_CHECKING:
        # `open` of the volume without its first argument.
        open: Any
    else:

        def open(self, *args, **kwargs):
            return self._volume.open(self, *args, **kwargs)

    # -- directories -------------------------------------------------------------------------------

    def iterdir(self) -> Iterator[VolumePath]:
        for name in self._volume.listdir(self):
            yield self / name

    def glob(self, pattern: str) -> Iterator[VolumePath]:
        """The files below that match a pattern, in which `**` is any number of directories."""
        parts = split_pattern(pattern)
        seen: set[str] = set()
        for path in self._select(str(self), parts):
            if path not in seen:
                seen.add(path)
                yield self._with(path)

    def rglob(self, pattern: str) -> Iterator[VolumePath]:
        return self.glob(f"{ANY_DEPTH}/{pattern}")

    def _select(self, path: str, parts: Sequence[str]) -> Iterator[str]:
        if not parts:
            yield path
        elif parts[0] == ANY_DEPTH:
            for directory, _, _ in self._volume.walk(path):
                yield from self._select(directory, parts[1:])
        else:
            for found in self._run(match_part(path, parts[0], len(parts) == 1)):
                yield from self._select(found, parts[1:])

    def walk(
        self, top_down: bool = True, on_error: Any = None, follow_symlinks: bool = False
    ) -> Iterator[tuple[VolumePath, list[str], list[str]]]:
        for path, folders, files in self._volume.walk(str(self), top_down, on_error, follow_symlinks):
            yield self._with(path), folders, files
