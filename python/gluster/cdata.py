"""The part of ctypes that translators for the original glupy use, without raw memory.

In the original, a structure was the host's memory, with the layout of one release. Here names and
conversions are the same, but a pointer refers to an object: the module's own, or one of glupy's
from a request. `import ctypes` in a module that
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
from ._values import DataType, c_char, c_char_p, c_int, c_wchar, py_object, text

RTLD_LOCAL, RTLD_GLOBAL = 0, 0x100
DEFAULT_MODE = RTLD_LOCAL

# Fields have no bytes behind them whose order could differ.
BigEndianStructure = LittleEndianStructure = Structure
BigEndianUnion = LittleEndianUnion = Union


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


def create_unicode_buffer(init, size=None):
    """An array of characters of text, of so many or with this text and a NUL."""
    if isinstance(init, int):
        return (c_wchar * init)()
    init = str(text(init))
    made = (c_wchar * (len(init) + 1 if size is None else size))()
    made.value = init
    return made


def wstring_at(value, size=-1):
    """The same as `string_at`, as text."""
    if isinstance(value, Array) and value._type_ is c_wchar:
        return value.value if size < 0 else "".join(value[:size])
    return string_at(value, size).decode("utf-8", "surrogateescape")


def _array(name, target):
    """What can be written into: an array of the module's own."""
    if isinstance(target, Pointer):
        target = target._target
    if not isinstance(target, Array):
        raise TypeError(
            f"{name} writes into an array that the module has made (create_string_buffer); data of a "
            "request is changed by handing on bytes in place of its vector, a structure by its fields"
        )
    return target


def memmove(target, source, count):
    """Copies bytes into an array of the module's own; the array."""
    into = _array("memmove", target)
    data = string_at(source, count)
    if len(data) > len(into):
        raise ValueError(f"{len(data)} bytes do not fit into an array of {len(into)}")
    into.raw = data
    return target


def memset(target, byte, count):
    """Fills the beginning of an array of the module's own; the array."""
    into = _array("memset", target)
    if count > len(into):
        raise ValueError(f"{count} bytes do not fit into an array of {len(into)}")
    into.raw = bytes([byte & 255]) * count
    return target


_errno = 0


def get_errno():
    """What `set_errno` was given last: nothing else changes it here."""
    return _errno


def set_errno(value):
    global _errno
    before, _errno = _errno, int(value)
    return before


def alignment(kind):
    """What a type is aligned to."""
    kind = kind if isinstance(kind, type) else type(kind)
    if issubclass(kind, Array):
        return alignment(kind._type_)
    if issubclass(kind, Structure):
        parts = getattr(kind, "_fields_", ())
        return max((alignment(part) for _, part, *_ in parts), default=1)
    return sizeof(kind)


def resize(target, size):
    raise TypeError("nothing can be resized: make another, by create_string_buffer(size) or T * n")


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
PYFUNCTYPE = CFUNCTYPE


def ARRAY(kind, length):
    return kind * length


class LibraryLoader:
    """`cdll.LoadLibrary(name)`, which is CDLL(name)."""

    def LoadLibrary(self, name):
        return CDLL(name)

    def __getattr__(self, name):
        return CDLL(name)


cdll = pydll = LibraryLoader()


def __getattr__(name):
    raise AttributeError(
        f"{name} is not in the ctypes of modules for the original glupy, which has no memory behind it: "
        "docs/write/glupy-compat.md has what there is"
    )

__all__ = [
    name
    for name in list(globals())
    if name.startswith("c_") or name in """ARRAY Array ArgumentError BigEndianStructure
    BigEndianUnion CDLL CFUNCTYPE DEFAULT_MODE LibraryLoader LittleEndianStructure LittleEndianUnion
    POINTER PYFUNCTYPE PyDLL RTLD_GLOBAL RTLD_LOCAL Structure Union addressof alignment byref cast cdll
    create_string_buffer create_unicode_buffer get_errno memmove memset pointer py_object pydll resize
    set_errno sizeof string_at wstring_at""".split()
]
