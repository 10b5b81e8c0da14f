"""What translators for the original glupy use of ctypes, without any memory behind it.

In the original, a structure was the host's memory, and its layout had to be that of one release.
Here the names are the same and values are converted alike, but a pointer leads to an object: to one
of the module's own, or to one of glupy's that came with a request. `import ctypes` in a module that
imports gluster finds this.
"""

from ._objects import (
    POINTER,
    Array,
    Pointer,
    Structure,
    Union,
    addressof,
    byref,
    cast,
    pointer,
)
from ._values import *  # noqa: F403
from ._values import DataType, c_char, c_char_p, c_int, py_object, text

RTLD_LOCAL, RTLD_GLOBAL = 0, 0x100


class ArgumentError(Exception):
    """An argument that cannot be made what a function takes."""


def sizeof(kind):
    """Bytes of a type or of an object of one. A structure's parts are not padded."""
    kind = kind if isinstance(kind, type) else type(kind)
    if issubclass(kind, Array):
        return kind._length_ * sizeof(kind._type_)
    if issubclass(kind, Structure):
        sizes = [sizeof(part) for _, part, *_ in getattr(kind, "_fields_", ())]
        return max(sizes, default=0) if issubclass(kind, Union) else sum(sizes)
    return getattr(kind, "_size", 8)


def create_string_buffer(init, size=None):
    """An array of characters, of so many bytes or with this text and a NUL."""
    if isinstance(init, int):
        return (c_char * init)()
    data = bytes(text(init))
    made = (c_char * (len(data) + 1 if size is None else size))()
    made.raw = data
    return made


def string_at(value, size=-1):
    """The bytes of a C string, an array of characters, or the data of a read or write."""
    if isinstance(value, Pointer):
        value = value._give()
    if isinstance(value, (str, c_char_p)):
        value = bytes(text(value))
    data = value.raw if isinstance(value, Array) else bytes(value)
    return data.split(b"\0", 1)[0] if size < 0 else data[:size]


class Callback:
    """A function of the module with its signature. `restype`, `argtypes`: that signature."""

    restype, argtypes, function = None, (), None
    shows = ()  # how its arguments are made, once it is registered

    def __init__(self, function=None):
        if not callable(function):
            raise TypeError("a function is wanted")
        self.function = function

    def __call__(self, *args):
        return self.function(*args)


def CFUNCTYPE(restype, *argtypes, **flags):
    """The type of functions of a signature, which is also a decorator for one."""
    return DataType("CFunctionType", (Callback,), {"restype": restype, "argtypes": argtypes})


class Function:
    """A function of the host; `argtypes` and `restype` may be declared, as ctypes wants it."""

    errcheck = None

    def __init__(self, name, call, argtypes=(), restype=c_int):
        self.__name__ = name
        self._call = call
        self.argtypes, self.restype = argtypes, restype

    def __call__(self, *args):
        return self._call(*args)

    def __repr__(self):
        return f"<function {self.__name__} of the host>"


def CDLL(name=None, mode=RTLD_LOCAL, **more):
    """The host's functions, which is all that can be opened: "", None or glupy.so."""
    from ._library import dl

    if name and not str(name).endswith("glupy.so"):
        raise OSError(f"{name}: the only library here is the host's")
    return dl


PyDLL = CDLL

__all__ = [
    name
    for name in list(globals())
    if name.startswith("c_") or name in """Array ArgumentError CDLL CFUNCTYPE POINTER PyDLL
    RTLD_GLOBAL RTLD_LOCAL Structure Union addressof byref cast create_string_buffer pointer
    py_object sizeof string_at""".split()
]
