"""A mounted volume and a directory of its own for each test of gluster.gfapi.

The environment names the volume: GFAPI_HOST, GFAPI_PORT, GFAPI_VOLUME, and GFAPI_SOCKET, a unix socket of the
same volfile server.
"""
import atexit
import contextlib
import functools
import itertools
import os
import unittest

from gluster.gfapi import File, Volume

HOST = os.environ["GFAPI_HOST"]
PORT = int(os.environ["GFAPI_PORT"])
NAME = os.environ["GFAPI_VOLUME"]
SOCKET = os.environ["GFAPI_SOCKET"]

numbers = itertools.count()


@functools.lru_cache(maxsize=None)
def shared_volume(quirks):
    """A mounted volume for all tests of the process."""
    volume = Volume(HOST, NAME, port=PORT, quirks=quirks)
    volume.mount()
    atexit.register(volume.umount)
    return volume


class VolumeCase(unittest.TestCase):
    """`volume` is mounted; `at` is an empty directory."""

    # Whether the volume has the quirks of libgfapi-python.
    quirks = True

    def setUp(self):
        self.volume = shared_volume(self.quirks)
        self.at = f"/{type(self).__name__}-{os.getpid()}-{next(numbers)}"
        self.volume.mkdir(self.at, 0o755)

    def tearDown(self):
        self.volume.chdir("/")
        self.volume.rmtree(self.at)

    def path(self, name):
        return f"{self.at}/{name}"

    def save(self, name, data=b""):
        """Makes a file of these bytes; returns its path."""
        with File(self.volume.open(self.path(name), os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644)) as file:
            self.assertEqual(file.write(data), len(data))
        return self.path(name)

    def create(self, name, data=b""):
        """The same; returns the file, open for reading and writing, at its beginning."""
        file = File(self.volume.open(self.path(name), os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o644))
        self.addCleanup(self.close, file)
        file.write(data)
        file.lseek(0, os.SEEK_SET)
        return file

    def close(self, file):
        if not file.closed:
            file.close()

    def content(self, path):
        with File(self.volume.open(path, os.O_RDONLY)) as file:
            return file.read() or b""

    @contextlib.contextmanager
    def refused(self, *expected):
        """The block fails with one of these errnos; without any, with any."""
        with self.assertRaises(OSError) as caught:
            yield
        if expected:
            self.assertIn(caught.exception.errno, expected)
