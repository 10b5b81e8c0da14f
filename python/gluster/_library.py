"""The operations with their signatures, and `dl`: the host's functions as glupy.so exported them.

All are derived from the table of fops, so the 23 operations of the original have its arguments. Where
glupy has the data of a read or write as one argument, here it is the three of the original: vector,
count and iobref; only the vector counts.
"""

import inspect

from glupy import _bridge
from glupy._fops import FOPS
from glupy.child import Child

from ._objects import POINTER, Pointer
from ._structs import (
    C_THIS,
    call_frame_t,
    dict_t,
    fd_t,
    gf_dirent_t,
    gf_flock,
    gf_lease,
    iatt_t,
    inode_t,
    iobref_t,
    iovec_t,
    loc_t,
    lock_migration_info_t,
    statvfs_t,
    xlator_t,
)
from ._values import (
    Simple,
    c_char_p,
    c_int,
    c_int32,
    c_long,
    c_size_t,
    c_uint,
    c_uint32,
    c_uint64,
    text,
)
from .cdata import CFUNCTYPE, Callback, Function

_FRAME, _XLATOR = POINTER(call_frame_t), POINTER(xlator_t)

# C types of arguments, by their type in the table of fops; integers by name.
_TYPES = {
    "loc": POINTER(loc_t),
    "inode": POINTER(inode_t),
    "fd": POINTER(fd_t),
    "iatt": POINTER(iatt_t),
    "dict": POINTER(dict_t),
    "str": c_char_p,
    "data": POINTER(iovec_t),
    "entries": POINTER(gf_dirent_t),
    "statvfs": POINTER(statvfs_t),
    "flock": POINTER(gf_flock),
    "lease": POINTER(gf_lease),
    "locklist": POINTER(lock_migration_info_t),
}
_INTS = {"size": c_size_t, "len": c_size_t, "mode": c_uint, "umask": c_uint, "weak": c_uint32}
_INTS |= {"offset": c_long, "off_in": c_long, "off_out": c_long, "rdev": c_uint64}
_UNSIGNED_FLAGS, _INT32_FLAGS = ("readv", "writev"), ("setxattr", "fsetxattr")


def _int_type(fop, name):
    if name != "flags":
        return _INTS.get(name, c_int)
    return c_uint32 if fop in _UNSIGNED_FLAGS else c_int32 if fop in _INT32_FLAGS else c_int


class _Part:
    """One argument in C: its name, its type, and which of glupy's it is; -1 for none."""

    __slots__ = ("name", "type", "index")

    def __init__(self, name, type, index=-1):
        self.name, self.type, self.index = name, type, index


def _parts(fop, args):
    """A fop's arguments in C."""
    parts, has_data = [], False
    for index, arg in enumerate(args):
        if has_data and arg.type == "dict":
            parts.append(_Part("iobref", POINTER(iobref_t)))
            has_data = False
        kind = _int_type(fop, arg.name) if arg.type == "int" else _TYPES[arg.type]
        parts.append(_Part(arg.name, kind, index))
        if arg.name == "vector":
            parts.append(_Part("count", c_int))
            has_data = True
    return tuple(parts)


def _shows(parts, types):
    """Converters of glupy's arguments to C's: the source of each, and its function."""
    vector = next((part.index for part in parts if part.name == "vector"), -1)
    return tuple(
        (part.index if part.index >= 0 else vector, _show_as(part, kind))
        for part, kind in zip(parts, types)
    )


def _show_as(part, kind):
    if part.name == "count":
        return lambda data: int(data is not None)
    return kind._to if issubclass(kind, Pointer) else kind._convert


def _gives(parts, args):
    """Converters of C's arguments to glupy's: the source of each, and its function."""
    places = {part.index: place for place, part in enumerate(parts)}
    takes = {"int": _number, "str": _string}
    return tuple((places[index], takes.get(arg.type, _thing)) for index, arg in enumerate(args))


def _number(value):
    if isinstance(value, Simple):
        value = value.value
    return None if value is None else int(value)


def _string(value):
    if isinstance(value, Pointer):
        value = value.contents
    found = text(value)
    return None if found is None else str(found)


def _thing(value):
    """Resolves a pointer, structure or address; glupy's own objects stay."""
    if value is None:
        return None
    if isinstance(value, Pointer):
        return value._give()
    if isinstance(value, Simple):
        value = value.value
    value = getattr(value, "target", value)  # of an address
    if isinstance(value, int) and value == 0:
        return None
    return value._give() if hasattr(value, "_give") else value


class Operation:
    """A fop, as a class OpLookup and so on: signatures, types of functions, arguments."""

    def __init__(self, row):
        self.row, self.name = row, row.name
        self.args, self.reply = _parts(row.name, row.args), _parts(row.name, row.reply)
        self.fop_sig = (c_int, _FRAME, _XLATOR, *(part.type for part in self.args))
        self.give_args = _gives(self.args, row.args)
        self.give_reply = _gives(self.reply, row.reply)
        reply = (part.type for part in self.reply)
        self.cbk_sig = (c_int, _FRAME, c_long, _XLATOR, c_int, c_int, *reply)
        self.fop_type, self.cbk_type = CFUNCTYPE(*self.fop_sig), CFUNCTYPE(*self.cbk_sig)
        self.fop_names = ("frame", "this", *(part.name for part in self.args))
        heads = ("frame", "cookie", "this", "op_ret", "op_errno")
        self.cbk_names = (*heads, *(part.name for part in self.reply))
        words = (word.capitalize() for word in row.name.split("_"))
        shared = ("fop_sig", "cbk_sig", "fop_type", "cbk_type")
        space = {name: getattr(self, name) for name in shared}
        self.cls = type("Op" + "".join(words), (), space)


OPERATIONS = {row.name: Operation(row) for row in FOPS}


class Registered:
    """The functions that a module's translator has registered, by its number."""

    number = C_THIS

    def __init__(self):
        self.functions = {}  # (operation's name, "fop" or "cbk") -> its Callback
        self.routed = None  # the keys that requests are led to, once the translator is made

    def set(self, operation, kind, c_this, function):
        if getattr(c_this, "value", c_this) != self.number:
            raise ValueError(f"{c_this!r} is not the translator that the module was made with")
        if not isinstance(function, Callback):
            function = getattr(operation, kind + "_type")(function)
        _check(operation, kind, function.function)
        if kind == "fop":
            function.shows = _shows(operation.args, function.argtypes[2:])
        else:
            function.shows = _shows(operation.reply, function.argtypes[5:])
        key = operation.name, kind
        if self.routed is not None and key not in self.routed:
            raise RuntimeError(f"{operation.name}_{kind} must be set when the translator is made")
        self.functions[key] = function


registered = Registered()


def _check(operation, kind, function):
    """Refuses a function with other parameters."""
    names = getattr(operation, kind + "_names")
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        bound = ["self"] if inspect.ismethod(function) else []
        text = f"{operation.name}_{kind} must take ({', '.join([*bound, *names])})"
        code = getattr(function, "__code__", None)
        where = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
        raise TypeError(where + text) from None


def frame_of(frame):
    """glupy's frame, from a pointer or the frame itself."""
    if type(frame) is _FRAME and frame:
        return frame._give()
    found = frame.contents if isinstance(frame, Pointer) else frame
    if not isinstance(found, call_frame_t):
        raise TypeError(f"a frame is wanted, not {type(frame).__name__}")
    return found.glupy


def _count(name, names, args):
    if len(args) != len(names):
        raise TypeError(f"{name} takes ({', '.join(names)}), not {len(args)} arguments")


def _wind(operation):
    name = "wind_" + operation.name
    names = ("frame", "xl", *operation.fop_names[2:])

    def wind(*args):
        _count(name, names, args)
        frame, row = frame_of(args[0]), operation.row
        child = _child(args[1])
        given = [take(args[2 + place]) for place, take in operation.give_args]
        if frame.fop is row:
            frame.wind(*given, child=child)
            return
        cbk = registered.functions.get((row.name, "cbk"))
        if cbk is None:
            raise TypeError(f"{name} in a {frame.name}: the reply needs a {row.name}_cbk")
        frame.wind(*given, child=child, fop=row.name, cbk=reply_to(cbk))

    return Function(name, wind, list(operation.fop_sig[1:]), None)


def _child(xl):
    """The child of a pointer; None (the first) for NULL and the translator itself."""
    found = xl._give() if isinstance(xl, Pointer) else xl
    return found if isinstance(found, Child) else None


def _unwind(operation):
    name = "unwind_" + operation.name

    def unwind(*args):
        # On glupy's first day, neither cookie nor this was handed back.
        if len(args) == len(operation.cbk_names) - 2:
            args = (args[0], 0, None, *args[1:])
        _count(name, operation.cbk_names, args)
        frame, row = frame_of(args[0]), operation.row
        if frame.fop is not row:
            raise TypeError(f"{name} cannot answer a {frame.name}: unwind_{frame.name} does")
        given = [take(args[5 + place]) for place, take in operation.give_reply]
        frame.unwind(_number(args[3]), _number(args[4]), *given)

    return Function(name, unwind, list(operation.cbk_sig[1:]), None)


def _set(operation, kind):
    def register(c_this, function):
        registered.set(operation, kind, c_this, function)

    signature = [c_long, getattr(operation, kind + "_type")]
    return Function(f"set_{operation.name}_{kind}", register, signature, None)


def enter_fop(function, xlator, frame, args):
    """Calls a registered fop with glupy's arguments."""
    shown = [make(args[index]) for index, make in function.shows]
    function.function(_FRAME._to(frame), _XLATOR._to(xlator), *shown)


def enter_cbk(function, xlator, frame, op_ret, op_errno, reply):
    """Calls a registered callback with glupy's arguments."""
    shown = [make(reply[index]) for index, make in function.shows]
    cookie = getattr(frame.cookie, "index", 0)
    head = _FRAME._to(frame), cookie, _XLATOR._to(xlator), op_ret, op_errno
    function.function(*head, *shown)


def reply_to(function):
    def cbk(frame, op_ret, op_errno, *reply):
        enter_cbk(function, _bridge.translator, frame, op_ret, op_errno, reply)

    return cbk


def _get_id(frame):
    """The request's number in this volume, the same in its fop and its callback; 0 in the callback
    of an operation that has no fop of the module's."""
    frame = frame_of(frame)
    return 0 if frame.fop.method is None else frame.id


def _get_rootunique(frame):
    return frame_of(frame).root.unique


class Library:
    """`dl`: set_X_fop, set_X_cbk, wind_X, unwind_X for every operation; get_id, get_rootunique."""

    def __init__(self):
        functions = [
            Function("get_id", _get_id, [_FRAME], c_long),
            Function("get_rootunique", _get_rootunique, [_FRAME], c_uint64),
        ]
        for operation in OPERATIONS.values():
            functions += _set(operation, "fop"), _set(operation, "cbk")
            functions += _wind(operation), _unwind(operation)
        vars(self).update((function.__name__, function) for function in functions)

    def __getitem__(self, name):
        return getattr(self, name)

    def __getattr__(self, name):
        raise AttributeError(f"the host has no function {name}")


dl = Library()
