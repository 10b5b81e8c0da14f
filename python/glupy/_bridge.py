"""Where the host enters: one function per fop and per reply, made from the table of fops.

A loc arrives as three arguments (inode number, parent's number, name), an inode or an fd as its
number, what is costly only as a sign that it is there. Results are those of frame.py's codes.
"""

import asyncio
import gc
import inspect
import json
import logging
import sys
import traceback

import _host

from . import _log, values
from ._fops import BY_NAME, FOPS
from ._loop import loop
from .errors import errno_of
from .frame import ANSWERED, FAILED, LATER, NOTHING, SAME, WIND
from .frame import Child, Reply, changed, current, frame_class, give, waiting
from ._errno import EINTR
from .translator import Translator
from .values import Data, Dict, Dirent, Fd, Iatt, Inode, Lazy, Loc, fetch, fd, inode

_setattr = object.__setattr__


def _lazy(cls, handle):
    made = cls.__new__(cls)
    _setattr(made, "_handle", handle)
    return made


def _dict(handle):
    made = Dict.__new__(Dict)
    made._pairs = None
    made._handle = handle
    made._changed = False
    return made


def _listed(cls, handle):
    return [cls(**dict(zip(cls._order, fields))) for fields in fetch(handle)]


def _entries(handle):
    entries = []
    for name, off, type, gfid, stat, ref in fetch(handle):
        iatt = None if stat is None else Iatt(**dict(zip(Iatt._order, stat)))
        entries.append(Dirent(name, off, type, gfid, iatt, ref))
    return entries


# type -> (what arrives, the expression that makes the argument of it); `{h}` is its handle.
_FORMS = {
    "loc": (("i", "p", "n", "g", "d"), "Loc(({0}i, {0}p, {0}n, {0}g, {0}d))"),
    "inode": (("",), "inode({0})"),
    "fd": (("",), "fd({0})"),
    "iatt": (("",), "_lazy(Iatt, {h}) if {0} else None"),
    "dict": (("",), "_dict({h}) if {0} else None"),
    "str": (("",), "{0}"),
    "int": (("",), "{0}"),
    "data": (("",), "Data({h}, {0}) if {0} >= 0 else None"),
    "entries": (("",), "_entries({h}) if {0} else None"),
    "statvfs": (("",), "_lazy(values.Statvfs, {h}) if {0} else None"),
    "flock": (("",), "_lazy(values.Flock, {h}) if {0} else None"),
    "lease": (("",), "_lazy(values.Lease, {h}) if {0} else None"),
    "locklist": (("",), "_listed(values.Flock, {h}) if {0} else None"),
}

_FOP = """
def enter(id, {params}):
    frame = None
    try:
        {assign}
        frame = new(id, ({names}))
        {call}
    except BaseException as error:
        return failed(frame or new(id, ()), error)
    state = frame._state
    if state:
        if state == WIND:
            frame._state = LATER
            waiting[id] = frame
            return WIND
        if state != LATER and state != ANSWERED:
            return state
    return settle(frame)
"""

_REPLY = """
def reply(id, number, op_ret, op_errno, {params}):
    frame = waiting.get(id)
    if frame is None:
        # The class has a callback but no fop: the host wound by itself.
        frame = new(id, ())
        frame._owed = frame._wound = 1
    try:
        {assign}
    except BaseException as error:
        return failed(frame, error)
    return replied(frame, number, op_ret, op_errno, ({names}))
"""


def _compile(template, row, args, number, call, **more):
    params, assign, names = [], [], []
    for index, arg in enumerate(args):
        suffixes, expr = _FORMS[arg.type]
        name = f"a{index}"
        params += [name + suffix for suffix in suffixes]
        names.append(f"v{index}")
        assign.append(f"v{index} = {expr.format(name, h=f'(id, {number}, {index})')}")
    source = template.format(
        params=", ".join(params),
        assign="; ".join(assign),
        names="".join(f"{name}, " for name in names),
        call=call.format(", ".join(["frame", *names])),
    )
    space = globals() | {"row": row, "new": row.frame_class} | more
    exec(compile(source, f"<glupy {row.name}>", "exec"), space)
    return space


def _enter_plain(row, method):
    return _compile(_FOP, row, row.args, -1, "method({})", method=method)["enter"]


def _enter_async(row, method):
    return _compile(_FOP, row, row.args, -1, "_start(frame, method({}))", method=method)["enter"]


def _reply_entry(row):
    return _compile(_REPLY, row, row.reply, "number", "")["reply"]


for _row in FOPS:
    _row.frame_class = frame_class(_row)


# -- a method has returned ---------------------------------------------------------------------


def failed(frame, error):
    """An exception left a method: it goes to the log, and the host answers the request."""
    frame._state = ANSWERED
    waiting.pop(frame.id, None)
    frame._disarm()
    report(error, f"{frame.fop.name} failed")
    return FAILED


def report(error, what):
    """Logs an exception with the module's own place, and its traceback below the first line."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _internal(f.filename)]
    text = "".join(traceback.format_exception_only(error)).rstrip()
    if isinstance(error, SyntaxError):
        place = (error.filename or "-", error.lineno or 0, "-")
    elif frames:
        place = (frames[-1].filename, frames[-1].lineno, frames[-1].name)
        listing = "".join(traceback.format_list(frames))
        text = f"{text}\nTraceback (most recent call last):\n{listing}{text}"
    else:
        place = ("-", 0, "-")
    _host.log(4, *place, f"{what}: {text}")


def _internal(filename):
    return filename.startswith("<glupy") or "/glupy/" in filename or "/asyncio/" in filename


class _Guard:
    """Notices that a request which nobody has answered can no longer be reached."""

    def __init__(self, frame, place):
        self.frame_id = frame.id
        self.name = frame.fop.name
        self.place = place

    def __del__(self):
        if self.frame_id:
            waiting.pop(self.frame_id, None)
            _host.log(4, *self.place, f"{self.name}: {_NO_REPLY}")
            _host.lost(self.frame_id)


_NO_REPLY = (
    "the request was neither answered nor passed on, and nothing can reach it any more "
    "(is a frame.wind, frame.unwind or frame.fail missing?)"
)


def settle(frame):
    """A method returned without a plain decision: it has sent messages, or kept the frame."""
    if frame._state == ANSWERED:
        if not frame._owed:
            waiting.pop(frame.id, None)
        return NOTHING
    frame._state = LATER
    if frame._owed:
        waiting[frame.id] = frame
    elif sys.getrefcount(frame) <= _ALONE:
        frame._state = ANSWERED
        frame._disarm()
        _host.log(4, *place_of(frame.fop), f"{frame.fop.name}: {_NO_REPLY}")
        return FAILED
    if frame._guard is None:
        frame._guard = _Guard(frame, place_of(frame.fop))
    return NOTHING


def place_of(row):
    code = getattr(inspect.unwrap(row.method or row.cbk or settle), "__code__", None)
    return (code.co_filename, code.co_firstlineno, code.co_name) if code else ("-", 0, "-")


def replied(frame, number, op_ret, op_errno, reply):
    """A child answered wind `number` of a request."""
    waiter, cookie, wound, child = frame.fop.cbk, None, frame.fop, None
    if frame._waiters is not None and number in frame._waiters:
        waiter, cookie, wound, child = frame._waiters.pop(number)
    frame._owed -= 1
    if not frame._owed:
        waiting.pop(frame.id, None)
    done = frame._state == ANSWERED
    if not done:
        frame._state = 0
    frame._reply, frame._ret, frame._number = reply, (op_ret, op_errno), number
    frame.cookie = cookie if cookie is not None else child or translator.child
    try:
        if isinstance(waiter, asyncio.Future):
            give(waiter, wound, op_ret, op_errno, reply, number)
            loop.run_ready()
        elif not done:
            # A method of the translator is bound to it; a function of another place is not.
            if getattr(waiter, "__self__", None) is translator:
                waiter(frame, op_ret, op_errno, *reply)
            else:
                waiter(translator, frame, op_ret, op_errno, *reply)
    except BaseException as error:
        return failed(frame, error)
    state = frame._state
    if done or frame.id < 0:
        return NOTHING
    if state < 0 or state >= SAME or state == FAILED:
        frame._state = ANSWERED
        frame._disarm()
        return state
    return settle(frame)


# -- async def ---------------------------------------------------------------------------------


def _start(frame, coro):
    token = current.set(frame)
    try:
        asyncio.Task(_drive(frame, coro), loop=loop, eager_start=True)
    finally:
        current.reset(token)
    if loop.ready:
        loop.run_ready()


async def _drive(frame, coro):
    try:
        result = await coro
        if not frame.answered:
            finish(frame, result)
    except OSError as error:
        if not frame.answered:
            frame.fail(errno_of(error))
    except asyncio.CancelledError:
        if not frame.answered:
            frame.fail(EINTR)
    except BaseException as error:
        if frame._state == ANSWERED:
            report(error, f"{frame.fop.name} failed after its answer")
            return
        running = frame._state != LATER
        failed(frame, error)
        if running:
            frame._state = FAILED
        else:
            _host.push(frame.id, '["failed"]')


def finish(frame, result):
    """What an `async def` returned becomes the answer."""
    row = frame.fop
    if isinstance(result, Reply):
        if result.fop is not row:
            raise TypeError(f"{row.name} returned a reply of {result.fop.name}")
        if result.number is not None and frame._state == 0 and not changed(result.values):
            frame._state = SAME + result.number
            return
        frame.unwind(result.op_ret, 0, *result.values)
        return
    needed = [arg.name for arg in row.reply if arg.name != "xdata"]
    if result is None and not needed:
        frame.unwind(0)
    elif isinstance(result, int) and not isinstance(result, bool):
        frame.unwind(result)
    elif isinstance(result, dict):
        unknown = set(result) - set(row.reply_index)
        if unknown:
            raise TypeError(f"a reply of {row.name} has no {', '.join(sorted(unknown))}")
        reply = tuple(result.get(name) for name in row.reply_index)
        frame.unwind(_success(reply), 0, *reply)
    elif isinstance(result, tuple):
        frame.unwind(_success(result), 0, *result)
    elif isinstance(result, (bytes, bytearray, memoryview, Data)) and row.name == "readv":
        frame.unwind(len(result), 0, result)
    else:
        raise TypeError(
            f"{row.name} must return a Reply, a dict or a tuple of {', '.join(row.reply_index)}, "
            f"not {type(result).__name__}"
        )


def _success(reply):
    """op_ret of a reply given by its parts: how many bytes or entries, where the fop counts."""
    first = reply[0] if reply else None
    return len(first) if isinstance(first, (bytes, bytearray, memoryview, Data, str, list)) else 0


# -- life of the module ------------------------------------------------------------------------

translator = None
entries = {}
_HOOKS = ("init", "fini", "notify", "entry_created", "entry_removed")
_OTHER_NAMES = {"read": "readv", "write": "writev", "getattr": "stat", "chmod": "setattr"}


def find_class(module, place):
    """The module's translator."""
    cls = getattr(module, "xlator", None)
    if cls is None:
        raise TypeError(f"{place} has no class xlator")
    if not (isinstance(cls, type) and issubclass(cls, Translator)):
        raise TypeError(f"{place}: xlator must be a class derived from glupy.Translator")
    return cls


def describe(cls, place):
    """What a class defines, as JSON for the host; raises TypeError for what cannot work."""
    fops = {}
    for row in FOPS:
        method, cbk = getattr(cls, row.name, None), getattr(cls, row.name + "_cbk", None)
        if method is None and cbk is None:
            continue
        is_async = inspect.iscoroutinefunction(method)
        if is_async and cbk is not None:
            raise TypeError(f"{place}: {row.name} is an async def and has a {row.name}_cbk: choose one")
        if method is not None:
            _check(method, row.name, ["self", "frame"] + [arg.name for arg in row.args])
        if cbk is not None:
            names = ["self", "frame", "op_ret", "op_errno"] + [arg.name for arg in row.reply]
            _check(cbk, row.name + "_cbk", names)
        kind = "async" if is_async else "none" if method is None else "plain"
        fops[row.name] = {"kind": kind, "cbk": cbk is not None or is_async}
    hooks = [name for name in _HOOKS if _overridden(cls, name)]
    options = {key: _option(cls, key, spec) for key, spec in cls.options.items()}
    found = {"fops": fops, "hooks": hooks, "options": options, "warnings": _suspects(cls)}
    return json.dumps(found)


def _overridden(cls, name):
    return getattr(cls, name, None) is not getattr(Translator, name, None)


def _option(cls, key, spec):
    if not isinstance(spec, dict) or "type" not in spec:
        raise TypeError(f"options[{key!r}] must be made by Option.int, Option.time, ...")
    return dict(spec)


def _check(method, name, params):
    try:
        inspect.signature(method).bind(*params)
    except TypeError:
        code = getattr(method, "__code__", None)
        where = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
        raise TypeError(f"{where}{name} must take ({', '.join(params)})") from None


def _suspects(cls):
    """Methods whose names look like fops but are none."""
    known = set(BY_NAME) | set(_HOOKS)
    found = []
    for name, value in vars(cls).items():
        if not inspect.isfunction(value) or name.startswith("_"):
            continue
        base = name.removesuffix("_cbk").removesuffix("_fop")
        code = value.__code__
        if base in _OTHER_NAMES and base not in known:
            text = f"{name} is no fop: did you mean {_OTHER_NAMES[base]}?"
        elif name.endswith("_cbk") and base not in known:
            text = f"{name} is the callback of no fop"
        else:
            continue
        found.append([code.co_filename, code.co_firstlineno, name, text])
    return found


def create(cls, name, children, options):
    """Makes the translator and its entry points, and runs its `init`."""
    global translator
    # Set before __init__ runs, so that a class that has one finds them.
    translator = cls.__new__(cls)
    translator.name = name
    translator.log = logging.getLogger(name)
    translator.children = tuple(Child(i, *about) for i, about in enumerate(json.loads(children)))
    translator.child = translator.children[0] if translator.children else None
    translator.options = json.loads(options)
    translator.__init__()
    for row in FOPS:
        row.method = getattr(translator, row.name, None)
        row.cbk = getattr(translator, row.name + "_cbk", None)
        if row.method is None and row.cbk is None:
            continue
        if row.method is not None:
            is_async = inspect.iscoroutinefunction(row.method)
            entries[row.name] = (_enter_async if is_async else _enter_plain)(row, row.method)
    hook("init")


def entry(name):
    """A fop's entry point, by the fop's name."""
    return entries[name]


def reply_entry(name):
    """The entry point for replies of a fop, by the fop's name."""
    return _reply_entry(BY_NAME[name])


def hook(name, *args):
    """Calls a hook. An exception is logged; only init's goes further."""
    try:
        result = getattr(translator, name)(*args)
        if inspect.iscoroutine(result):
            task = asyncio.Task(result, loop=loop, eager_start=True)
            loop.run_ready()
            if task.done():
                task.result()
    except BaseException as error:
        if name == "init":
            raise
        report(error, f"{name} failed")
        return FAILED
    return NOTHING


def notify_hook(event):
    return hook("notify", event)


def fini_hook():
    return hook("fini")


def entry_created(*loc):
    return hook("entry_created", Loc(loc))


def entry_removed(*loc):
    return hook("entry_removed", Loc(loc))


def tick():
    """The host's timer is due."""
    try:
        loop.tick()
        loop.run_ready()
    except BaseException as error:
        report(error, "a timer failed")
        return FAILED
    return NOTHING


def cancel(id):
    """The host has answered request `id` itself: what the script does with it is void."""
    frame = waiting.pop(id, None)
    if frame is not None:
        frame._state = ANSWERED
        frame._disarm()
    return NOTHING


def collect():
    """Lets go of what only a cycle of references keeps, so that its guards notice."""
    gc.collect()
    return NOTHING


def forget(id):
    Inode.known.pop(id, None)
    return NOTHING


def release(id):
    Fd.known.pop(id, None)
    return NOTHING


def _calibrate():
    """How many references a frame has that nobody kept: it depends on how calls are compiled."""
    counts = []

    def count(frame):
        counts.append(sys.getrefcount(frame))
        return NOTHING

    row = BY_NAME["ipc"]
    space = _compile(_FOP, row, row.args, -1, "method({})", method=lambda *_: None, settle=count)
    space["enter"](0, 0, 0)
    return counts[0]


_ALONE = _calibrate()
_log.install()
