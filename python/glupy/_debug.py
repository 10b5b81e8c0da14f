"""breakpoint() opens pdb on the terminal of a mount that runs in the foreground.

The host and every request wait meanwhile. Reading a line counts as the host's time, so no time
limit expires.
"""

import io
import sys

import _host

_WARNING, _INFO = 5, 7
_debugger = None


class DebuggerQuit(BaseException):
    """Raised when the user quits the debugger (q, or the end of input)."""

    __module__ = "glupy"


class _Terminal(io.TextIOBase):
    """The terminal of pdb. An unfinished line is the prompt of the next read."""

    encoding = "utf-8"
    _rest = ""

    def write(self, text):
        lines, end, self._rest = (self._rest + text).rpartition("\n")
        if end:
            _host.write(lines + end)
        return len(text)

    def readline(self):
        line = _host.read_line(self._rest)
        self._rest = ""
        return "" if line is None else line + "\n"


def _make_debugger():
    import bdb
    import dis
    import pdb

    suspends = dis.opmap["YIELD_VALUE"]

    class Debugger(pdb.Pdb):
        paused = False

        def interaction(self, frame, event):
            if not self.paused:
                self.paused = True
                _say(_INFO, frame, "paused in the debugger; requests wait")
            super().interaction(frame, event)

        def trace_dispatch(self, frame, event, arg):
            try:
                return super().trace_dispatch(frame, event, arg)
            except bdb.BdbQuit:
                raise DebuggerQuit("given up in the debugger") from None

        def dispatch_return(self, frame, arg):
            found = super().dispatch_return(frame, arg)
            ends = frame.f_code.co_code[frame.f_lasti] != suspends
            if ends and not _is_internal(frame) and _is_internal(frame.f_back):
                self.set_continue()  # the method has ended; the host is not stepped through
            return found

        def set_continue(self):
            super().set_continue()
            self._resumed()

        def set_quit(self):
            super().set_quit()
            self._resumed()

        def _resumed(self):
            if self.paused:
                self.paused = False
                _say(_INFO, self.curframe, "resumed")

    terminal = _Terminal()
    skip = ["glupy", "glupy.*", "_glossa", "asyncio", "asyncio.*"]
    return Debugger(stdin=terminal, stdout=terminal, nosigint=True, readrc=False, skip=skip)


def _is_internal(frame):
    name = frame and frame.f_globals.get("__name__")
    return frame is None or str(name).partition(".")[0] in ("glupy", "_glossa", "asyncio")


def _say(level, frame, text):
    file, line, func = ("-", 0, "-") if frame is None else _place(frame)
    _host.log(level, file, line, func, text)


def _place(frame):
    return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


def _breakpoint(*args, **more):
    global _debugger
    frame = sys._getframe(1)
    if not _host.has_terminal():
        _say(_WARNING, frame, "breakpoint(): no terminal to debug at, going on")
        return
    if _debugger is None:
        _debugger = _make_debugger()
    _debugger.set_trace(frame)


def install():
    sys.breakpointhook = _breakpoint
