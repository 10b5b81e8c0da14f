"""Extended attributes, by path and by open file."""
import errno
import os

from volume_case import VolumeCase


class XattrCase:
    """Tests of both; `target` is a file's path, or an open file with calls whose names begin with f."""

    def call(self, name, *arguments):
        return getattr(self.volume, name)(self.target, *arguments)

    def set_create_and_replace(self):
        create, replace = 1, 2
        self.call("setxattr", "user.one", "1", create)
        with self.refused(errno.EEXIST):
            self.call("setxattr", "user.one", "2", create)
        self.call("setxattr", "user.one", "three", replace)
        self.assertEqual(self.call("getxattr", "user.one"), "three")
        with self.refused(errno.ENODATA):
            self.call("setxattr", "user.none", "4", replace)

    def get_in_sizes(self):
        self.call("setxattr", "user.one", "value")
        for size in 0, 5, 6, 4096:
            self.assertEqual(self.call("getxattr", "user.one", size), "value")
        with self.refused(errno.ERANGE):
            self.call("getxattr", "user.one", 4)
        with self.assertRaises(ValueError):
            self.call("getxattr", "user.one", -1)
        with self.refused(errno.ENODATA):
            self.call("getxattr", "user.none")

    def list_in_sizes(self):
        self.call("setxattr", "user.two", "2")
        self.call("setxattr", "user.one", "1")
        found = self.call("listxattr")
        self.assertEqual(found, sorted(found))
        # Bricks have attributes of their own.
        self.assertEqual([name for name in found if name.startswith("user.")], ["user.one", "user.two"])
        needed = sum(len(name) + 1 for name in found)
        for size in needed, needed + 100:
            self.assertEqual(self.call("listxattr", size), found)
        with self.refused(errno.ERANGE):
            self.call("listxattr", needed - 1)
        with self.assertRaises(ValueError):
            self.call("listxattr", -1)

    def remove_twice(self):
        self.call("setxattr", "user.one", "1")
        self.call("removexattr", "user.one")
        with self.refused(errno.ENODATA):
            self.call("removexattr", "user.one")
        self.assertNotIn("user.one", self.call("listxattr"))


class PathXattrTest(XattrCase, VolumeCase):
    def setUp(self):
        super().setUp()
        self.target = self.save("f")

    def test_setxattr(self):
        self.set_create_and_replace()

    def test_getxattr(self):
        self.get_in_sizes()

    def test_listxattr(self):
        self.list_in_sizes()

    def test_removexattr(self):
        self.remove_twice()


class FileXattrTest(XattrCase, VolumeCase):
    def setUp(self):
        super().setUp()
        self.file = self.create("f")

    def call(self, name, *arguments):
        return getattr(self.file, "f" + name)(*arguments)

    def test_fsetxattr(self):
        self.set_create_and_replace()

    def test_fgetxattr(self):
        self.get_in_sizes()

    def test_flistxattr(self):
        self.list_in_sizes()

    def test_fremovexattr(self):
        self.remove_twice()
