"""Timers: delayed or repeated calls of a translator."""

import inspect
from contextvars import Context

from ._loop import background, loop
from ._report import report


class Timer:
    """A scheduled call."""

    def __init__(self, seconds, fn, args, repeat):
        if not callable(fn):
            raise TypeError(f"timer: {fn!r} cannot be called")
        if not isinstance(seconds, (int, float)) or not seconds >= 0:
            raise ValueError(f"timer: seconds must be a number from 0 on, not {seconds!r}")
        if repeat and not seconds:
            raise ValueError("timer: one that repeats needs seconds above 0")
        self._seconds = seconds
        self._fn = fn
        self._args = args
        self._repeat = repeat
        self._set()

    def _set(self):
        # A context of its own: its requests are the translator's.
        self._handle = loop.call_later(self._seconds, self._run, context=Context())

    def _run(self):
        self._handle = None
        if self._repeat:
            self._set()
        what = f"timer {getattr(self._fn, '__name__', self._fn)}"
        try:
            result = self._fn(*self._args)
            if inspect.iscoroutine(result):
                background(result, what)
        except BaseException as error:
            report(error, f"{what} failed")

    def cancel(self) -> None:
        """Cancels the call."""
        self._repeat = False
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
