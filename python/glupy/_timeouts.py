"""Puts the timeouts of the kernel's caches into a reply's xdata."""

from ._fops import TIMEOUTS
from .data import Dict
from .pack import pad


def with_timeouts(row, reply, timeouts):
    """The reply with timeouts in its xdata: seconds by keyword, None for the mount's own."""
    at = row.reply_index.get("xdata")
    if at is None:
        raise TypeError(f"nothing that {row.name} answers is ever cached: it has no timeouts")
    reply = pad(row.name, row.reply, reply)
    xdata = Dict(reply[at] or ())
    for name, seconds in timeouts.items():
        if seconds is not None:
            xdata.set(_key(name), _checked(name, seconds), "double")
    return (*reply[:at], xdata, *reply[at + 1 :])


def _key(name):
    if name not in TIMEOUTS:
        raise TypeError(f"{name} is not one of the timeouts: {', '.join(TIMEOUTS)}")
    return TIMEOUTS[name]


def _checked(name, seconds):
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {type(seconds).__name__}")
    if not seconds >= 0:
        raise ValueError(f"{name} must be 0 (never) or more, not {seconds}")
    return float(seconds)
