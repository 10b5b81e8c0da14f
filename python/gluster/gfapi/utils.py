"""Guards of methods; the guarded function is in `__wrapped__`. Sizes of extended attributes."""
import errno
import os
from functools import wraps
from types import FunctionType

from gluster.gfapi.exceptions import VolumeNotMounted


def validate_mount(function):
    """Refuses a call on a volume that is not mounted."""
    @wraps(function)
    def guarded(self, *arguments, **options):
        if not self.mounted:
            raise VolumeNotMounted(self.volname)
        return function(self, *arguments, **options)
    return guarded


def validate_glfd(function):
    """Refuses a call on a closed file."""
    @wraps(function)
    def guarded(self, *arguments, **options):
        if self.fd is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return function(self, *arguments, **options)
    return guarded


def guard_methods(guard, *others):
    """A decorator of classes: guards the public methods but the others, by their names."""
    def decorate(cls):
        for name, method in list(vars(cls).items()):
            if isinstance(method, FunctionType) and not name.startswith("_") and name not in others:
                setattr(cls, name, guard(method))
        return cls
    return decorate


def text_in_room(get, size):
    """An extended attribute as text, which ends at its first NUL. `size` is the room for it; 0 is enough."""
    refuse_negative(size)
    value = get()
    refuse_overflow(len(value), size)
    return os.fsdecode(value.partition(b"\0")[0])


def list_in_room(list_names, size):
    """The sorted names of extended attributes. `size` is the room for them, each with its NUL; 0 is enough."""
    refuse_negative(size)
    names = list_names()
    refuse_overflow(sum(len(os.fsencode(name)) + 1 for name in names), size)
    return sorted(names)


def refuse_negative(size):
    if size < 0:
        raise ValueError(f"the size of a buffer must not be negative: {size}")


def refuse_overflow(length, size):
    if 0 < size < length:
        raise OSError(errno.ERANGE, os.strerror(errno.ERANGE))
