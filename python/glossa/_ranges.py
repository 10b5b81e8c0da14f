"""Reads many ranges of files, with their requests under way together."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Optional, TypeVar, Union

from ._calls import VolumeCalls
from ._file_calls import FileCalls
from ._operations import DATA_MAX
from ._request import Request

if TYPE_CHECKING:
    from ._volume import Volume

R = TypeVar("R")
calls = VolumeCalls()

# Ranges whose files are open at a time, so that any number of files can be read.
RANGES_MAX = 256


class Range(NamedTuple):
    """The bytes that the slice `start:end` of a file has."""

    path: str
    start: Optional[int]
    end: Optional[int]

    @property
    def needs_size(self) -> bool:
        start, end = self.start or 0, self.end
        return end is None or start < 0 or end < 0 or end - start > DATA_MAX


def read_ranges(volume: Volume, ranges: Sequence[Range]) -> list[Union[bytes, OSError]]:
    """The bytes of each range, fewer at the end of its file; or the error of the file or the range."""
    found: list[Union[bytes, OSError]] = []
    for first in range(0, len(ranges), RANGES_MAX):
        found += _read_together(volume, ranges[first : first + RANGES_MAX])
    return found


def _read_together(volume: Volume, ranges: Sequence[Range]) -> list[Union[bytes, OSError]]:
    connection = volume._connector.connection()
    identity = 0 if volume._identity is None else connection._identify(volume._identity)
    failed: dict[str, OSError] = {}

    def ask(requests: Mapping[str, Request[R]]) -> dict[str, R]:
        """The results by path; errors go to `failed`."""
        results: dict[str, R] = {}
        for path, outcome in zip(requests, connection.call_all([*requests.values()], identity)):
            if isinstance(outcome, OSError):
                failed[path] = outcome
            else:
                results[path] = outcome
        return results

    opens = {path: calls.open_handle(path, os.O_RDONLY, 0) for path, _, _ in ranges}
    files = {path: FileCalls(handle, path) for path, handle in ask(opens).items()}
    try:
        sized = {each.path for each in ranges if each.needs_size}
        stats = ask({path: file.stat() for path, file in files.items() if path in sized})
        sizes = {path: found.st_size for path, found in stats.items()}
        reads = [
            [] if each.path in failed else [*split(files[each.path], each, sizes)]
            for each in ranges
        ]
        parts = iter(connection.call_all([read for each in reads for read in each], identity))
        return [
            failed.get(each.path) or join([*islice(parts, len(own))])
            for each, own in zip(ranges, reads)
        ]
    finally:
        connection.call_all([file.close_handle() for file in files.values()])


def split(file: FileCalls, each: Range, sizes: Mapping[str, int]) -> Iterator[Request[bytes]]:
    """The requests for a range, in messages that the server takes."""
    start, end, _ = slice(each.start, each.end).indices(sizes.get(each.path, sys.maxsize))
    for offset in range(start, end, DATA_MAX):
        yield file.read(min(DATA_MAX, end - offset), offset)


def join(parts: Sequence[Union[bytes, OSError]]) -> Union[bytes, OSError]:
    data: list[bytes] = []
    for part in parts:
        if isinstance(part, OSError):
            return part
        data.append(part)
    return b"".join(data)
