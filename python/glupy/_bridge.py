"""The life of a module, as the host directs it: finds and describes its class, makes its
translator, and calls its hooks. Requests enter through _entry.py.
"""

import gc
import inspect
import json
import logging

import _glossa

from . import _advice, _below, _debug, _lines, _log, _older, _report, _requests
from ._console import evaluate
from ._data_filter import start_data
from ._describe import describe, find_class, methods, takes_child
from ._entry import fop_entry
from ._entry import reply_entry as _reply_entry
from ._fops import BY_NAME, FILES, FILES_LATER, FOPS
from ._json import loads
from ._loop import background, loop
from ._seen import start_seen
from .child import Child
from .client import Client, client
from .files import is_files, refuse, start_files
from .frame import FAILED, NOTHING, Frame, forbid_winds
from .inode import Fd, Loc, contexts

__all__ = ["describe", "evaluate", "find_class"]  # the rest is below

translator = None
_ROWS = BY_NAME | {row.name: row for row in (FILES, FILES_LATER)}


def create(cls, name, children, options):
    """Makes the translator, and runs its `init`."""
    global translator
    # Set before __init__ runs, so that it can use them.
    translator = cls.__new__(cls)
    translator.name = name
    translator.log = logging.getLogger(name)
    translator.children = tuple(Child(i, *about) for i, about in enumerate(json.loads(children)))
    translator.child = translator.children[0] if translator.children else None
    translator.options = json.loads(options)
    Frame.cookie = translator.child  # the default child
    if translator.child is None:
        forbid_winds()
    # These objects stay: the collector need not scan them.
    gc.freeze()
    translator.__init__()
    if is_files(cls):
        start_files(translator)
    else:
        for row in FOPS:
            names = methods(cls, row)
            row.method, row.cbk, row.cancel = (name and getattr(translator, name) for name in names)
        _start_filters(cls)
    _call("init")


def _start_filters(cls):
    handlers = {}
    if hasattr(cls, "entry_seen"):
        handlers |= start_seen(translator)
    if cls.block_size or hasattr(cls, "transform_read"):
        handlers |= start_data(translator)

    def handle(frame, method, *call):
        try:
            handlers[method](frame, method, *call)
        except OSError as error:
            refuse(frame, error, getattr(translator, method))

    FILES.method = handle


def entry(name):
    """A fop's entry point, by the fop's name."""
    return fop_entry(_ROWS[name])


def reply_entry(name):
    """The entry point for replies of a fop, by the fop's name."""
    return _reply_entry(BY_NAME[name])


def _call(name, *args):
    """Calls a hook; an `async def` continues by itself."""
    result = getattr(translator, name)(*args)
    if inspect.iscoroutine(result):
        background(result, name)


def _hook(name, *args):
    try:
        _call(name, *args)
    except BaseException as error:
        _report.report(error, f"{name} failed")
        return FAILED
    return NOTHING


def notify(event, child):
    if not takes_child(type(translator)):
        return _hook("notify", event)
    return _hook("notify", event, translator.children[child] if child >= 0 else None)


def client_disconnect(id):
    return _hook("client_disconnect", client(id))


def fini():
    return _hook("fini")


def reconfigure(options):
    translator.options = loads(options)
    return _hook("reconfigure", translator.options)


def load_state(state):
    return _hook("load_state", loads(state))


def tell(name):
    """Calls a hook that returns state, as JSON; None when it failed."""
    try:
        told = getattr(translator, name)()
        if name == "statedump":
            _check_dump(told)
        return json.dumps(told)
    except BaseException as error:
        _report.report(error, f"{name} failed")
        return None


def _check_dump(told):
    if not isinstance(told, dict):
        raise TypeError(f"statedump must return a dict, not {type(told).__name__}")
    for key, value in told.items():
        if not isinstance(key, str) or not isinstance(value, (int, str, float)):
            raise TypeError(f"a statedump has numbers and str by name, not {key!r}: {value!r}")


def entry_created(*loc):
    return _hook("entry_created", Loc(loc))


def entry_removed(*loc):
    return _hook("entry_removed", Loc(loc))


def tick(resting, last):
    """Handles the host's timer (`Loop.tick`)."""
    loop.tick(resting == 1, last)
    return NOTHING


def below(child):
    """Handles replies of a child to requests of glossa.aio."""
    _below.receive(child)
    return NOTHING


def cancel(id):
    """Cancels request `id`, which the host has answered."""
    _requests.cancel(id)
    return NOTHING


def interrupt(id):
    """Handles the interrupt of request `id`."""
    _requests.interrupt(id)
    return NOTHING


def collect():
    """Collects reference cycles, so that lost requests in them are found."""
    gc.collect()
    return NOTHING


def forget(id):
    """Forgets an inode."""
    contexts.pop(id, None)
    return NOTHING


def release(id):
    """Forgets a released fd."""
    gone = Fd.known.pop(id, None)
    if gone is not None:
        gone._released = True
    return NOTHING


def forget_client(id):
    """Forgets a client that is gone with its last request."""
    Client._forget(id)
    return NOTHING


_older.install()
_glossa.hint = _advice.advice
_log.install()
_report.install()
_debug.install()
