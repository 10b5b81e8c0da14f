"""VolumePath: a path in a volume with the methods of pathlib."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Union

from ._names import AnyPath

if TYPE_CHECKING:
    from ._volume import Volume

PathPart = Union[str, "os.PathLike[str]"]

# Of a pattern: any number of directories.
ANY_DEPTH = "**"


class VolumePath(os.PathLike[str]):
    """A path in a volume: what PurePosixPath has, and what pathlib.Path does with files."""

    __slots__ = ("_volume", "_pure")

    def __init__(self, volume: Volume, *parts: PathPart) -> None:
        self._volume = volume
        self._pure = PurePosixPath(*parts)

    def _with(self, pure: PurePosixPath) -> VolumePath:
        return VolumePath(self._volume, pure)

    # -- the path itself ---------------------------------------------------------------------------

    @property
    def volume(self) -> Volume:
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
        if not isinstance(other, VolumePath):
            return NotImplemented
        return self._pure == other._pure and self._volume.is_same(other._volume)

    def __lt__(self, other: VolumePath) -> bool:
        return self._pure < other._pure

    def __le__(self, other: VolumePath) -> bool:
        return self._pure <= other._pure

    def __gt__(self, other: VolumePath) -> bool:
        return self._pure > other._pure

    def __ge__(self, other: VolumePath) -> bool:
        return self._pure >= other._pure

    def __truediv__(self, part: PathPart) -> VolumePath:
        return self._with(self._pure / part)

    def __rtruediv__(self, part: str) -> VolumePath:
        return self._with(part / self._pure)

    def joinpath(self, *parts: PathPart) -> VolumePath:
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
    def parent(self) -> VolumePath:
        return self._with(self._pure.parent)

    @property
    def parents(self) -> Sequence[VolumePath]:
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

    def with_name(self, name: str) -> VolumePath:
        return self._with(self._pure.with_name(name))

    def with_stem(self, stem: str) -> VolumePath:
        return self._with(self._pure.with_stem(stem))

    def with_suffix(self, suffix: str) -> VolumePath:
        return self._with(self._pure.with_suffix(suffix))

    # -- attributes --------------------------------------------------------------------------------

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return self._volume.stat(self, follow_symlinks=follow_symlinks)

    def lstat(self) -> os.stat_result:
        return self._volume.lstat(self)

    def exists(self) -> bool:
        return self._volume.exists(self)

    def is_file(self) -> bool:
        return self._volume.isfile(self)

    def is_dir(self) -> bool:
        return self._volume.isdir(self)

    def is_symlink(self) -> bool:
        return self._volume.islink(self)

    def samefile(self, other: AnyPath) -> bool:
        return self._volume.samefile(self, other)

    def chmod(self, mode: int, *, follow_symlinks: bool = True) -> None:
        self._volume.chmod(self, mode, follow_symlinks=follow_symlinks)

    # -- names -------------------------------------------------------------------------------------

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        try:
            if parents:
                self._volume.makedirs(self, mode, exist_ok)
            else:
                self._volume.mkdir(self, mode)
        except FileExistsError:
            if not exist_ok or not self.is_dir():
                raise

    def touch(self, mode: int = 0o666, exist_ok: bool = True) -> None:
        flags = os.O_WRONLY | os.O_CREAT | (0 if exist_ok else os.O_EXCL)
        with self._volume.open_raw(self, flags, mode) as file:
            file.utime()

    def unlink(self, missing_ok: bool = False) -> None:
        try:
            self._volume.unlink(self)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self) -> None:
        self._volume.rmdir(self)

    def rename(self, target: PathPart) -> VolumePath:
        self._volume.rename(self, target)
        return VolumePath(self._volume, target)

    def replace(self, target: PathPart) -> VolumePath:
        self._volume.replace(self, target)
        return VolumePath(self._volume, target)

    def symlink_to(self, target: PathPart, target_is_directory: bool = False) -> None:
        self._volume.symlink(target, self)

    def hardlink_to(self, target: PathPart) -> None:
        self._volume.link(target, self)

    def readlink(self) -> VolumePath:
        return VolumePath(self._volume, self._volume.readlink(str(self)))

    def resolve(self) -> VolumePath:
        """The path without symbolic links; the file must exist."""
        return VolumePath(self._volume, self._volume.realpath(self))

    # -- data --------------------------------------------------------------------------------------

    if TYPE_CHECKING:
        # `open` of the volume without its first argument.
        open: Any
    else:

        def open(self, *args, **kwargs):
            return self._volume.open(self, *args, **kwargs)

    def read_bytes(self) -> bytes:
        return self._volume.read_bytes(self)

    def write_bytes(self, data: Any) -> int:
        return self._volume.write_bytes(self, data)

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        return self._volume.read_text(self, encoding, errors)

    def write_text(
        self, data: str, encoding: str | None = None, errors: str | None = None
    ) -> int:
        return self._volume.write_text(self, data, encoding, errors)

    # -- directories -------------------------------------------------------------------------------

    def iterdir(self) -> Iterator[VolumePath]:
        for name in self._volume.listdir(self):
            yield self / name

    def glob(self, pattern: str) -> Iterator[VolumePath]:
        """The files below that match a pattern, in which `**` is any number of directories."""
        parts = PurePosixPath(pattern).parts
        if not parts or pattern.startswith("/"):
            raise ValueError(f"Unacceptable pattern: {pattern!r}")
        seen: set[str] = set()
        for path in self._select(str(self), parts):
            if path not in seen:
                seen.add(path)
                yield VolumePath(self._volume, path)

    def rglob(self, pattern: str) -> Iterator[VolumePath]:
        return self.glob(f"{ANY_DEPTH}/{pattern}")

    def _select(self, path: str, parts: tuple[str, ...]) -> Iterator[str]:
        if not parts:
            yield path
            return
        part, rest = parts[0], parts[1:]
        if part == ANY_DEPTH:
            for directory, _, _ in self._volume.walk(path):
                yield from self._select(directory, rest)
        elif any(letter in part for letter in "*?["):
            matches = re.compile(fnmatch.translate(part)).match
            try:
                entries = list(self._volume.scandir(path))
            except (NotADirectoryError, FileNotFoundError, PermissionError):
                return
            for entry in entries:
                if matches(entry.name) and (not rest or entry.is_dir()):
                    yield from self._select(entry.path, rest)
        else:
            named: str = posixpath.join(path, part)
            if self._volume.lexists(named):
                yield from self._select(named, rest)

    def walk(
        self, top_down: bool = True, on_error: Any = None, follow_symlinks: bool = False
    ) -> Iterator[tuple[VolumePath, list[str], list[str]]]:
        for path, folders, files in self._volume.walk(str(self), top_down, on_error, follow_symlinks):
            yield VolumePath(self._volume, path), folders, files
