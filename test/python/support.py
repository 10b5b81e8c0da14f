"""A volume for the test cases: storage/posix over a directory of its own, served by the glossa that is tested."""

import os
import shlex
import subprocess
import tempfile
import time
import unittest

from glossa import Volume
from glossa.chunks import ChunkStore

COMMAND = shlex.split(os.environ["GLOSSA_COMMAND"])

VOLFILE = """
volume disk
    type storage/posix
    option directory {directory}
end-volume

volume top
    type features/locks
    subvolumes disk
end-volume
"""


WATCH = """
volume watch
    type features/watch
    subvolumes top
end-volume
"""

# A module that never replies to the unlink of a chunk `stuck`.
STUCK_MODULE = """
import { Translator } from 'glossa';

export class xlator extends Translator {
  unlink(frame, loc) {
    if (loc.name !== 'stuck') frame.wind();
  }
}
"""

STUCK = """
volume stuck
    type features/glupy
    option module-name stuck.js
    subvolumes watch
end-volume
"""


class Interrupt(Exception):
    """Raised by a signal handler, as KeyboardInterrupt."""


def raise_interrupt(*_):
    raise Interrupt


class VolumeCase(unittest.TestCase):
    """Has the volume of its class, and an empty directory in it for each test."""

    volfile_text = VOLFILE

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="glossa-python-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.directory = os.path.join(cls.folder.name, "data")
        os.mkdir(cls.directory)
        cls.volfile = os.path.join(cls.folder.name, "test.vol")
        with open(cls.volfile, "w", encoding="utf-8") as file:
            file.write(cls.volfile_text.format(directory=cls.directory))
        cls.volume = cls.open_volume()
        cls.addClassCleanup(cls.volume.close)

    @classmethod
    def open_volume(cls, **settings):
        return Volume(cls.volfile, command=COMMAND, **settings)

    def setUp(self):
        self.top = f"/{self._testMethodName}"
        self.volume.mkdir(self.top)

    def at(self, *names):
        """A path in the directory of the test."""
        return "/".join((self.top, *names))


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("the condition has not come true within 60 seconds")


class ChunkCase(VolumeCase):
    """Has a server at a socket with features/watch. Each test has a volume and a directory of chunks."""

    volfile_text = VOLFILE + WATCH

    @classmethod
    def open_volume(cls, **settings):
        cls.address = os.path.join(cls.folder.name, "socket")
        with open(os.path.join(cls.folder.name, "stuck.js"), "w", encoding="utf-8") as file:
            file.write(STUCK_MODULE)
        log = os.path.join(cls.folder.name, "log")
        line = [*COMMAND, "api", cls.volfile, "--socket", cls.address, "-N", "--log-file", log]
        process = subprocess.Popen(line, stdout=subprocess.PIPE)
        cls.addClassCleanup(process.stdout.close)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.kill)
        process.stdout.readline()
        return Volume.connect(cls.address)

    def connect(self):
        volume = Volume.connect(self.address)
        self.addCleanup(volume.close)
        return volume

    def setUp(self):
        self.volume = self.connect()
        super().setUp()
        self.directory_name = self.at("chunks")
        self.other_volume = self.connect()

    def open_store(self, directory=None, **settings):
        return ChunkStore.open(self.volume, directory or self.directory_name, **settings)

    def open_other_store(self):
        """The same store over another connection, as that of another program."""
        return ChunkStore.open(self.other_volume, self.directory_name)

    def await_waiters(self, name, owners):
        """Waits until these owners wait for a lock."""
        locks = self.open_store().locks
        wait_until(lambda: [each.owner for each in locks.lock_info(name).waiters] == owners)

    def next_notice(self, events):
        while True:
            event = events.read()
            if event is None or event.kind == "notice":
                return event
