"""C's arrays, structures and pointers, as objects that refer to one another."""

import functools

from ._values import Address, DataType, Simple, c_char, c_char_p, c_void_p, c_wchar, one_type, text

class Array(metaclass=DataType):
    """An array of values of one type; made by `T * n`."""

    _type_, _length_ = None, 0
    _touched = False  # whether an item was assigned

    def __init__(self, *values):
        if len(values) > self._length_:
            raise IndexError(f"too many values for an array of {self._length_}")
        zeros = [self._type_._zero() for _ in range(self._length_ - len(values))]
        self._items = [self._type_._convert(value) for value in values] + zeros

    @classmethod
    def _zero(cls):
        return cls()

    @classmethod
    def _convert(cls, value):
        if type(value) is cls:
            return value
        if cls._type_ is c_char and isinstance(value, Array):
            data = b"".join(item.to_bytes(value._type_._size, "little") for item in value)
            return cls(*(bytes((byte,)) for byte in data))
        return cls(*value)

    @classmethod
    def _filled(cls, items):
        """An array of values that are of its type already."""
        made = cls.__new__(cls)
        made._items = list(items)
        return made

    @property
    def raw(self):
        return b"".join(self._items) if self._type_ is c_char else bytes(self._items)

    @raw.setter
    def raw(self, value):
        self._touched = True
        if len(value) > self._length_:
            raise ValueError(f"{len(value)} bytes do not fit into an array of {self._length_}")
        self._items[: len(value)] = [self._type_._convert(byte) for byte in bytes(value)]

    @property
    def value(self):
        if self._type_ is c_wchar:
            return "".join(self._items).split("\0", 1)[0]
        return self.raw.split(b"\0", 1)[0]

    @value.setter
    def value(self, value):
        if self._type_ is not c_wchar:
            data = bytes(text(value))
            self.raw = data + b"\0" if len(data) < self._length_ else data
            return
        given = str(text(value))
        if len(given) > self._length_:
            raise ValueError(f"{len(given)} characters do not fit into an array of {self._length_}")
        self._touched = True
        self._items[: len(given) + 1] = [*given, "\0"][: self._length_]

    def __len__(self):
        return self._length_

    def __iter__(self):
        return iter(self._items)

    def __getitem__(self, key):
        found = self._items[key]
        return b"".join(found) if isinstance(key, slice) and self._type_ is c_char else found

    def __setitem__(self, key, value):
        self._touched = True
        if isinstance(key, slice):
            values = [self._type_._convert(one) for one in value]
            if len(values) != len(self._items[key]):
                raise ValueError("an array keeps its length")
            self._items[key] = values
        else:
            self._items[key] = self._type_._convert(value)

    def __repr__(self):
        return f"<{type(self).__name__} {self._items!r}>"


def _times(cls, length):
    if not isinstance(length, int) or length < 0:
        raise ValueError(f"an array's length must be a number of at least 0, not {length!r}")
    name = f"{cls.__name__}_Array_{length}"
    return one_type(name, (Array,), {"_type_": cls, "_length_": length})


DataType.__mul__ = DataType.__rmul__ = _times


class _Field:
    """A field of a structure: fetched or made when first read."""

    def __init__(self, name, type, bits=None):
        self.name, self.type = name, type
        self.mask = None if bits is None else (1 << bits) - 1

    def __get__(self, owner, cls=None):
        if owner is None:
            return self
        values = owner._values
        if self.name not in values:
            found = owner._read(self.name)
            kind = self.type
            values[self.name] = kind._zero() if found is None else kind._convert(found)
        return values[self.name]

    def __set__(self, owner, value):
        value = self.type._convert(value)
        owner._touched = True
        owner._values[self.name] = value if self.mask is None else value & self.mask


def _inside(name, field):
    """A field of an anonymous part, promoted to the structure."""
    return property(
        lambda self: getattr(getattr(self, name), field),
        lambda self, value: setattr(getattr(self, name), field, value),
    )


# The host's structures by name. A module that declares one of these declares the host's.
HOSTS = {}


class _StructType(DataType):
    def __new__(meta, name, bases, space):
        own = HOSTS.get(name)
        if own and bases == (Structure,):
            bases = (own(space.get("_fields_", ())),)
        return super().__new__(meta, name, bases, space)

    def __init__(cls, name, bases, space):
        super().__init__(name, bases, space)
        if "_fields_" in space:
            cls._define(space["_fields_"])

    def __setattr__(cls, name, value):
        super().__setattr__(name, value)
        if name == "_fields_":
            cls._define(value)

    def _define(cls, fields):
        for name, kind, *bits in fields:
            type.__setattr__(cls, name, _Field(name, kind, *bits))
            if name in getattr(cls, "_anonymous_", ()):
                for inner, *_ in kind._fields_:
                    type.__setattr__(cls, inner, _inside(name, inner))


class Structure(metaclass=_StructType):
    """Fields by name, as `_fields_` lists them."""

    _touched = False  # whether a field was assigned

    def __init__(self, *args, **fields):
        self._values = {}
        if args:
            names = [name for name, *_ in getattr(type(self), "_fields_", ())]
            if len(args) > len(names):
                raise TypeError("too many values")
            fields = dict(zip(names, args)) | fields
        for name, value in fields.items():
            setattr(self, name, value)

    def _read(self, name):
        """The host's value of an unassigned field; None for none."""

    @classmethod
    def _zero(cls):
        return cls()

    @classmethod
    def _convert(cls, value):
        if not isinstance(value, cls):
            raise TypeError(f"a {cls.__name__} is wanted, not {type(value).__name__}")
        return value

    @classmethod
    def _of(cls, thing):
        """The structure of a request's object."""
        raise TypeError(f"a {cls.__name__} is wanted, not {type(thing).__name__}")

    def _give(self):
        return self

    def __repr__(self):
        """Its fields, except those that are 0 or NULL."""
        shown = [type(self).__name__]
        for name, *_ in getattr(type(self), "_fields_", ()):
            try:
                value = getattr(self, name)
            except Exception as error:
                shown.append(f"{name}=<{error}>")  # of a request that has ended
                continue
            if isinstance(value, Array):
                value = bytes(value._items).hex() if getattr(value._type_, "_size", 0) == 1 else value._items
            empty = f"<{type(value).__name__}>" if isinstance(value, Structure) else "0"
            if value and str(value).strip("0") and str(value) != empty:
                shown.append(f"{name}={value!r}")
        return f"<{' '.join(shown)}>"

    def _number(self):
        return id(self)

    def _address(self):
        return pointer(self)._address()


class Union(Structure):
    """One value by several names."""

    def __setattr__(self, name, value):
        if name[0] != "_":
            self._values.clear()
        super().__setattr__(name, value)

    def _read(self, name):
        return next((found for found in self._values.values() if isinstance(found, int)), None)


class Pointer(metaclass=DataType):
    """A pointer, made by `POINTER(T)`: to nothing, to an object of the module, or to something that
    came with a request, whose structure is made when `contents` is first read."""

    _type_ = None
    __slots__ = ("_target", "_thing")

    def __init__(self, target=None):
        self._thing = None
        self._target = None if target is None else self._checked(target)

    def _checked(self, target):
        if not isinstance(target, self._type_):
            name = self._type_.__name__
            raise TypeError(f"expected {name} instead of {type(target).__name__} instance")
        return target

    @classmethod
    def _to(cls, thing):
        made = cls.__new__(cls)
        made._target, made._thing = None, thing
        return made

    @classmethod
    def _zero(cls):
        return cls()

    @classmethod
    def _convert(cls, value):
        if isinstance(value, Simple):
            value = value.value
        if isinstance(value, cls):
            return value
        if value is None or (isinstance(value, int) and not isinstance(value, Address)):
            if value:
                raise TypeError("a number cannot become a pointer: nothing is known to be there")
            return cls()
        if isinstance(value, Address):
            return cls._convert(value.target)
        if isinstance(value, (Pointer, Array)):
            return cast(value, cls)
        return cls(value) if isinstance(value, Structure) else cls._to(value)

    def __bool__(self):
        return self._target is not None or self._thing is not None

    @property
    def contents(self):
        if self._target is None:
            if self._thing is None:
                raise ValueError("NULL pointer access")
            self._target = self._type_._of(self._thing)
        return self._target

    @contents.setter
    def contents(self, target):
        self._target = self._checked(target)

    def __getitem__(self, index):
        target = self.contents
        if isinstance(target, Array):
            return target[index]
        if index != 0:
            raise IndexError("there is only one thing at this pointer")
        return target.value if isinstance(target, Simple) else target

    def _give(self):
        """The glupy object that it points to; None for NULL."""
        target = self._target
        if target is None:
            return self._thing
        return target._give() if hasattr(target, "_give") else target

    def _address(self):
        """Its number, by which it is found again; None for NULL."""
        if not self:
            return None
        return Address.of(addressof(self.contents), self)

    def __repr__(self):
        where = f"0x{self._address():x}" if self else "NULL"
        return f"<LP_{self._type_.__name__} {where}>"

    def __format__(self, spec):
        """Text by any format, also by `p`, which C has for pointers."""
        return format(repr(self), spec[:-1] if spec.endswith("p") else spec)


@functools.cache
def POINTER(kind):
    """The type of pointers to this type."""
    return one_type(f"LP_{kind.__name__}", (Pointer,), {"_type_": kind, "__slots__": ()})


def pointer(target):
    return POINTER(type(target))(target)


byref = pointer


def addressof(target):
    """A number that identifies the object, usable as a key; it is no readable address."""
    return target._number() if isinstance(target, Structure) else id(target)


def cast(value, kind):
    """The same object as another type."""
    if kind is c_void_p:
        return c_void_p(value)
    if kind is c_char_p:
        return c_char_p(text(value))
    if isinstance(value, Simple):
        value = value.value
    if isinstance(value, Address):
        value = value.target
    made = kind()
    if isinstance(value, Pointer):
        made._target, made._thing = value._target, value._thing
    else:
        made._target = value
    return made
