"""Converts flags of open(2) from this machine's numbers to a volume's, which are x86's: on ARM, four differ."""

import os
from collections.abc import Mapping

from ._operations import ARM_FLAGS


def convert_flags(flags: int, pairs: Mapping[int, int]) -> int:
    """Replaces the bits that are keys; all others stay as they are."""
    result = flags
    for own in pairs:
        result &= ~own
    for own, other in pairs.items():
        if flags & own:
            result |= other
    return result


# The C library's number tells the machine. Inside a translator the library is Emscripten's, with x86's numbers.
_PAIRS: Mapping[int, int] = {} if getattr(os, "O_DIRECTORY", 0o200000) == 0o200000 else ARM_FLAGS


def volume_flags(flags: int) -> int:
    return convert_flags(flags, _PAIRS) if _PAIRS else flags
