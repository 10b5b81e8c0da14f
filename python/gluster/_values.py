"""C's simple types, by value: assigned values are converted as in C.

Each type has `_convert`, from an assigned value to the one read back, and `_zero`, the initial
value.
"""


class Text(str):
    """A C string: a str, as Python 2 had it, that also does what the bytes of Python 3's ctypes do:
    it equals them, and has `decode`. A byte that is not UTF-8 is a lone surrogate, as anywhere.
    """

    __slots__ = ()

    def __bytes__(self):
        return self.encode("utf-8", "surrogateescape")

    def decode(self, encoding="utf-8", errors="surrogateescape"):
        return bytes(self).decode(encoding, errors)

    def __add__(self, other):
        if isinstance(other, (bytes, bytearray)):
            return bytes(self) + other
        return str.__add__(self, other)

    def __radd__(self, other):
        return other + bytes(self) if isinstance(other, (bytes, bytearray)) else NotImplemented

    def __eq__(self, other):
        return str.__eq__(self, text(other) if isinstance(other, (bytes, bytearray)) else other)

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__

    def __contains__(self, part):
        return str.__contains__(self, text(part))

    def startswith(self, prefix, *args):
        return str.startswith(self, _texts(prefix), *args)

    def endswith(self, suffix, *args):
        return str.endswith(self, _texts(suffix), *args)

    @property
    def value(self):
        return self


def text(value):
    """The text of a C string given in any form; None stays."""
    if not isinstance(value, str) and hasattr(value, "value"):
        value = value.value  # of a c_char_p, or of an array of characters
    if isinstance(value, Address) and isinstance(value.target, str):
        value = value.target
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Text(bytes(value).decode("utf-8", "surrogateescape"))
    if value is None or isinstance(value, str):
        return value if value is None or isinstance(value, Text) else Text(value)
    raise TypeError(f"a string or bytes is wanted, not {type(value).__name__}")


def _texts(value):
    return tuple(map(text, value)) if isinstance(value, tuple) else text(value)


class Address(int):
    """A pointer as a number that remembers its object."""

    target = None

    @classmethod
    def of(cls, number, target):
        made = cls(number)
        made.target = target
        return made


class DataType(type):
    """Every type of C: `T * n` is the type of an array of n (see _objects.py)."""

    def _refuse(cls, *args):
        raise TypeError(
            f"no memory can be read as a {cls.__name__}: what a pointer leads to is its .contents, and "
            f"one of your own is {cls.__name__}(...)"
        )

    from_address = from_buffer = from_buffer_copy = in_dll = _refuse


_types = {}


def one_type(name, bases, space):
    """The one type of this make, so that equal types are the same."""
    key = (bases, *space.values())
    if key not in _types:
        _types[key] = type(bases[0])(name, bases, space)
    return _types[key]


class Simple(metaclass=DataType):
    _size = 8

    def __init__(self, value=None):
        self._value = self._zero() if value is None else self._convert(value)

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = self._convert(value)

    def __repr__(self):
        return f"{type(self).__name__}({self._value!r})"


class _Int(Simple):
    _signed = True

    @classmethod
    def _zero(cls):
        return 0

    @classmethod
    def _convert(cls, value):
        if isinstance(value, Simple):
            value = value.value
        if not isinstance(value, int):
            raise TypeError(f"an integer is wanted, not {type(value).__name__}")
        bits = 8 * cls._size
        value = int(value) & ((1 << bits) - 1)
        return value - (1 << bits) if cls._signed and value >> (bits - 1) else value

    def __index__(self):
        return self._value


def _int(name, size, signed):
    return DataType(name, (_Int,), {"_size": size, "_signed": signed, "__module__": __name__})


c_byte, c_ubyte = _int("c_byte", 1, True), _int("c_ubyte", 1, False)
c_short, c_ushort = _int("c_short", 2, True), _int("c_ushort", 2, False)
c_int, c_uint = _int("c_int", 4, True), _int("c_uint", 4, False)
c_long, c_ulong = _int("c_long", 8, True), _int("c_ulong", 8, False)
c_longlong, c_ulonglong = c_long, c_ulong
c_int8, c_int16, c_int32, c_int64 = c_byte, c_short, c_int, c_long
c_uint8, c_uint16, c_uint32, c_uint64 = c_ubyte, c_ushort, c_uint, c_ulong
c_size_t, c_ssize_t = c_ulong, c_long


class c_bool(_Int):
    _size = 1

    @classmethod
    def _zero(cls):
        return False

    @classmethod
    def _convert(cls, value):
        return bool(value.value if isinstance(value, Simple) else value)


class c_double(Simple):
    @classmethod
    def _zero(cls):
        return 0.0

    @classmethod
    def _convert(cls, value):
        return float(value.value if isinstance(value, Simple) else value)


class c_float(c_double):
    _size = 4


class c_char(Simple):
    _size = 1

    @classmethod
    def _zero(cls):
        return b"\0"

    @classmethod
    def _convert(cls, value):
        if isinstance(value, int):
            return bytes((value,))
        value = value.value if isinstance(value, Simple) else bytes(text(value))
        if len(value) != 1:
            raise TypeError("one character is wanted")
        return value


class c_wchar(Simple):
    _size = 4

    @classmethod
    def _zero(cls):
        return "\0"

    @classmethod
    def _convert(cls, value):
        value = value.value if isinstance(value, Simple) else value
        if not isinstance(value, str) or len(value) != 1:
            raise TypeError("one character is wanted")
        return value


class c_char_p(Simple):
    @classmethod
    def _zero(cls):
        return None

    @classmethod
    def _convert(cls, value):
        return text(value)


class c_wchar_p(c_char_p):
    pass


class c_void_p(Simple):
    @classmethod
    def _zero(cls):
        return None

    @classmethod
    def _convert(cls, value):
        if isinstance(value, Simple):
            value = value.value
        if hasattr(value, "_address"):  # of a pointer or a structure
            return value._address()
        if isinstance(value, (str, bytes)):
            return Address.of(id(value), text(value))
        if value is None or isinstance(value, int):
            return value or None
        raise TypeError(f"a pointer is wanted, not {type(value).__name__}")


c_voidp, c_longdouble, c_time_t = c_void_p, c_double, c_long


class py_object(Simple):
    @classmethod
    def _zero(cls):
        return None

    @classmethod
    def _convert(cls, value):
        return value
