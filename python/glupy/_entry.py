"""Makes the entry points of the host, one function per fop and per reply, from the table of fops.

A loc arrives as five arguments (inode number, parent's number, name, gfid, parent's gfid), an inode
or fd as its number, a costly value as a 1. Results are the codes of frame.py.
"""

import inspect

from ._async import arrived, start
from ._fops import FILES, FILES_LATER, FOPS
from ._requests import replied
from ._settle import failed, settle
from .data import Data, HostDict
from .frame import ANSWERED, LATER, NOTHING, SAME, WIND, frame_class, waiting
from .inode import ENDED, Inode, Loc, fd
from .values import Flock, Iatt, Lease, Listing, Statvfs, dirents, flocks

_SPACE = {
    "Data": Data,
    "Inode": Inode,
    "Listing": Listing,
    "__name__": __name__,
    "Loc": Loc,
    "ENDED": ENDED,
    "arrived": arrived,
    "dirents": dirents,
    "failed": failed,
    "fd": fd,
    "flocks": flocks,
    "host_dict": HostDict,
    "host_flock": Flock._from_host,
    "host_iatt": Iatt._from_host,
    "host_lease": Lease._from_host,
    "host_statvfs": Statvfs._from_host,
    "replied": replied,
    "settle": settle,
    "start": start,
    "waiting": waiting,
}

# type -> (parameters, expression of the argument); `{h}` is its origin.
_FORMS = {
    "loc": (("i", "p", "n", "g", "d"), "Loc(({0}i, {0}p, {0}n, {0}g, {0}d))"),
    "inode": (("",), "Inode({0}) if {0} else None"),
    "fd": (("",), "fd({0})"),
    "iatt": (("",), "host_iatt({h}) if {0} else None"),
    "dict": (("",), "host_dict({h}) if {0} else None"),
    "str": (("",), "{0}"),
    "int": (("",), "{0}"),
    "data": (("",), "Data({h}, {0}) if {0} >= 0 else None"),
    "entries": (("",), "Listing({h}, dirents) if {0} else None"),
    "statvfs": (("",), "host_statvfs({h}) if {0} else None"),
    "flock": (("",), "host_flock({h}) if {0} else None"),
    "lease": (("",), "host_lease({h}) if {0} else None"),
    "locklist": (("",), "Listing({h}, flocks) if {0} else None"),
}

# The plain decisions come first, as they are the commonest. One that ends the request ends its locs
# too ({end}): the module can no longer use them. All others go by Frame._locs_ask_host.
_FOP = f"""
def enter(id, {{params}}):
    frame = None
    try:
        {{assign}}
        frame = new(id, ({{names}}))
        result = method(frame, {{names}})
    except BaseException as error:
        return failed(frame or new(id, ()), error)
    state = frame._state
    if state < 0:
        {{end}}
        return state
    if state == {WIND}:
        frame._state = {LATER}
        waiting[id] = frame
        return {WIND}
    if state in (0, {LATER}, {ANSWERED}):
        return settle(frame, result)
    {{end}}
    return state
"""

_ASYNC_FOP = f"""
def enter(id, {{params}}):
    frame = None
    try:
        {{assign}}
        frame = new(id, ({{names}}))
        state = start(frame, method(frame, {{names}}))
    except BaseException as error:
        return failed(frame or new(id, ()), error)
    if state != {NOTHING} and state != {WIND}:
        {{end}}
    return state
"""

# The plain case is a reply to the only, unchanged wind; `replied` handles the rest.
_REPLY = f"""
def reply(id, number, op_ret, op_errno, {{params}}):
    frame = waiting.pop(id, None)
    if frame is None:
        if row.method is not None or id < 0:
            return 0  # the request is over
        # The class has only a callback: the host wound the request.
        frame = new(id, ())
        frame._owed = frame._wound = 1
        frame._state = {LATER}
    try:
        {{assign}}
        reply = ({{names}})
        if frame._waiters is not None or frame._state != {LATER}:
            return replied(frame, number, op_ret, op_errno, reply)
        frame._owed = frame._state = 0
        frame._reply = reply
        frame._ret = op_ret, op_errno
        result = cbk(frame, op_ret, op_errno, {{names}})
    except BaseException as error:
        return failed(frame, error)
    state = frame._state
    if state < 0 or state >= {SAME}:
        args = frame._args
        if args:
            {{end}}
        return state
    return settle(frame, result)
"""

# An async fop's reply to the only, unchanged wind: its parts are made on demand.
_ASYNC_REPLY = f"""
def reply(id, number, op_ret, op_errno, *raw):
    frame = waiting.pop(id, None)
    if frame is None:
        return 0  # the request is over
    try:
        if frame._pending is not None and frame._owed == 1 and frame._state == {LATER}:
            state = arrived(frame, op_ret, op_errno, raw)
            if state != {NOTHING}:
                args = frame._args
                {{end}}
            return state
        return replied(frame, number, op_ret, op_errno, row.make_reply(id, number, *raw))
    except BaseException as error:
        return failed(frame, error)
"""

_MAKE_REPLY = """
def make_reply(id, number, {params}):
    {assign}
    return ({names})
"""


def _ending(row, loc):
    """The statement that ends the locs of a fop; `loc` formats one by its place."""
    places = [index for index, arg in enumerate(row.args) if arg.type == "loc"]
    return "".join(f"{loc.format(place)}._parts = " for place in places) + "ENDED"


def _compile(template, row, args, number, loc, **more):
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
        end=_ending(row, loc),
    )
    space = _SPACE | {"row": row, "new": row.frame_class} | more
    exec(compile(source, f"<glupy {row.name}>", "exec"), space)
    return space


def fop_entry(row):
    """The entry point of a fop."""
    template = _ASYNC_FOP if inspect.iscoroutinefunction(row.method) else _FOP
    return _compile(template, row, row.args, -1, "v{}", method=row.method)["enter"]


def reply_entry(row):
    """The entry point of a child's reply to a fop."""
    template = _ASYNC_REPLY if inspect.iscoroutinefunction(row.method) else _REPLY
    return _compile(template, row, row.reply, "number", "args[{}]", cbk=row.cbk)["reply"]


for _row in (*FOPS, FILES, FILES_LATER):
    _row.frame_class = frame_class(_row)
    _row.make_reply = _compile(_MAKE_REPLY, _row, _row.reply, "number", "")["make_reply"]
