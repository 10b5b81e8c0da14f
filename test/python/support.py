"""A volume for the test cases: storage/posix over a directory of its own, served by the glossa that is tested."""

import os
import shlex
import tempfile
import unittest

from glossa import Volume

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


class VolumeCase(unittest.TestCase):
    """Has the volume of its class, and an empty directory in it for each test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="glossa-python-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.directory = os.path.join(cls.folder.name, "data")
        os.mkdir(cls.directory)
        cls.volfile = os.path.join(cls.folder.name, "test.vol")
        with open(cls.volfile, "w", encoding="utf-8") as file:
            file.write(VOLFILE.format(directory=cls.directory))
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
