"""The volume under test, mounted as the command line says, and helpers for checks.

A check is a function that gets a directory of its own, and fails by an exception.
"""
import contextlib
import errno
import os
import sys

import gfapi

name, host, port, socket, log = sys.argv[1:]
checks = []
RDWR, RDONLY, WRONLY = os.O_RDWR, os.O_RDONLY, os.O_WRONLY
SECOND = 10 ** 9


def check(function):
    checks.append(function)
    return function


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r:.200}, not {wanted!r:.200}")


@contextlib.contextmanager
def refused(*numbers):
    """Checks that the block fails with one of these errnos, or with any if none is given."""
    try:
        yield
    except OSError as error:
        if numbers and error.errno not in numbers:
            raise AssertionError(f"errno {errno.errorcode.get(error.errno)}") from error
        return
    raise AssertionError("it was not refused")


def mounted(transport, where, at, volume=name):
    made = gfapi.Volume(volume, log)
    made.set_server(transport, where, at)
    return made, made.init()


volume, failed = mounted("tcp", host, int(port))
if failed:
    sys.exit(f"glfs_init: {os.strerror(failed)}")


def put(path, data=b"", mode=0o644):
    file = volume.creat(path, RDWR | os.O_EXCL, mode)
    if data:
        same(file.write(data), len(data))
    return file


def save(path, data=b""):
    put(path, data).close()


def content(path):
    file = volume.open(path)
    parts = list(iter(lambda: file.read(1 << 17), b""))
    file.close()
    return b"".join(parts)
