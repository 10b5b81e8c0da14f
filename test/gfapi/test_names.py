"""Attributes and names of files."""
import errno
import os
import stat

from gluster.gfapi.api import Stat
from volume_case import VolumeCase


class MetaTest(VolumeCase):
    def mode(self, path):
        return stat.S_IMODE(self.volume.stat(path).st_mode)

    def test_chmod(self):
        path = self.save("f")
        self.volume.chmod(path, 0o640)
        self.assertEqual(self.mode(path), 0o640)
        with self.refused(errno.ENOENT):
            self.volume.chmod(self.path("none"), 0o640)

    def test_stat(self):
        path = self.save("f", b"12345")
        self.volume.symlink("f", self.path("link"))
        for each in path, self.path("link"):
            found = self.volume.stat(each)
            self.assertTrue(stat.S_ISREG(found.st_mode))
            self.assertEqual([found.st_size, found.st_nlink], [5, 1])
            self.assertIsInstance(found, Stat)

    def test_lstat(self):
        self.save("f", b"12345")
        self.volume.symlink("f", self.path("link"))
        found = self.volume.lstat(self.path("link"))
        self.assertTrue(stat.S_ISLNK(found.st_mode))
        self.assertEqual(found.st_size, len("f"))
        self.assertFalse(stat.S_ISLNK(self.volume.lstat(self.path("f")).st_mode))

    def test_getsize(self):
        self.assertEqual(self.volume.getsize(self.save("f", b"12345")), 5)
        with self.refused(errno.ENOENT):
            self.volume.getsize(self.path("none"))

    def test_exists(self):
        self.assertTrue(self.volume.exists(self.save("f")))
        self.assertTrue(self.volume.exists(self.at))

    def test_exists_false(self):
        self.assertFalse(self.volume.exists(self.path("none")))
        self.volume.symlink("none", self.path("broken"))
        self.assertFalse(self.volume.exists(self.path("broken")))

    def test_isfile(self):
        self.assertTrue(self.volume.isfile(self.save("f")))
        self.assertFalse(self.volume.isfile(self.at))
        self.assertFalse(self.volume.isfile(self.path("none")))

    def test_isdir_false(self):
        self.assertFalse(self.volume.isdir(self.save("f")))
        self.assertFalse(self.volume.isdir(self.path("none")))

    def test_islink_false(self):
        self.assertFalse(self.volume.islink(self.save("f")))
        self.assertFalse(self.volume.islink(self.path("none")))

    def test_access(self):
        path = self.save("f")
        self.volume.chmod(path, 0o600)
        for mode in os.F_OK, os.R_OK, os.W_OK, os.R_OK | os.W_OK:
            self.assertTrue(self.volume.access(path, mode))
        self.assertFalse(self.volume.access(self.path("none"), os.F_OK))

    def test_utime(self):
        path = self.save("f")
        for times in "text", (1,), (1, 2, 3), ("a", "b"):
            with self.assertRaises(TypeError):
                self.volume.utime(path, times)
        self.volume.utime(path, (1_000_000_001, 1_000_000_002))
        self.assertEqual([self.volume.getatime(path), self.volume.getmtime(path)],
                         [1_000_000_001, 1_000_000_002])
        self.volume.utime(path, None)
        self.assertGreater(self.volume.getatime(path), 1_500_000_000)
        self.assertGreater(self.volume.getmtime(path), 1_500_000_000)
        with self.refused(errno.ENOENT):
            self.volume.utime(self.path("none"), None)


class NameTest(VolumeCase):
    def test_symlink(self):
        self.save("f", b"text")
        self.volume.symlink("f", self.path("link"))
        self.assertTrue(self.volume.islink(self.path("link")))
        self.assertEqual(self.content(self.path("link")), b"text")
        with self.refused(errno.EEXIST):
            self.volume.symlink("f", self.path("link"))

    def test_readlink(self):
        self.volume.symlink("../some where", self.path("link"))
        self.assertEqual(self.volume.readlink(self.path("link")), "../some where")
        with self.refused(errno.EINVAL):
            self.volume.readlink(self.save("f"))

    def test_link(self):
        path, name = self.save("f"), self.path("name")
        self.volume.link(path, name)
        self.assertEqual([self.volume.stat(each).st_nlink for each in (path, name)], [2, 2])
        self.assertTrue(self.volume.samefile(path, name))
        self.assertFalse(self.volume.samefile(path, self.save("other")))
        with self.refused(errno.ENOENT):
            self.volume.link(self.path("none"), self.path("another"))
        with self.refused(errno.EEXIST):
            self.volume.link(path, name)

    def test_rename(self):
        path = self.save("f", b"text")
        self.volume.rename(path, self.path("g"))
        with self.refused(errno.ENOENT):
            self.volume.stat(path)
        self.assertEqual(self.content(self.path("g")), b"text")
        self.save("h", b"other")
        self.volume.rename(self.path("g"), self.path("h"))
        self.assertEqual(self.content(self.path("h")), b"text")
        self.volume.mkdir(self.path("d"))
        with self.refused():
            self.volume.rename(self.path("h"), self.path("d"))
        with self.refused(errno.ENOENT):
            self.volume.rename(self.path("none"), self.path("i"))

    def test_unlink(self):
        for remove in self.volume.unlink, self.volume.remove:
            path = self.save("f")
            remove(path)
            with self.refused(errno.ENOENT):
                self.volume.lstat(path)
            with self.refused(errno.ENOENT):
                remove(path)

    def test_getcwd_and_chdir(self):
        self.assertEqual(self.volume.getcwd(), "/")
        self.volume.makedirs(self.path("a/b"))
        self.volume.chdir(self.path("a"))
        self.assertEqual(self.volume.getcwd(), self.path("a"))
        self.volume.chdir("b")
        self.assertEqual(self.volume.getcwd(), self.path("a/b"))
        self.save("f")
        self.assertTrue(self.volume.isfile("../../f"))
        self.volume.chdir("../..")
        self.assertEqual(self.volume.getcwd(), self.at)
        with self.refused(errno.ENOENT):
            self.volume.chdir("none")
        with self.refused(errno.ENOTDIR):
            self.volume.chdir("f")
        self.assertEqual(self.volume.getcwd(), self.at)

    def test_mknod(self):
        path = self.path("null")
        self.volume.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        found = self.volume.stat(path)
        self.assertTrue(stat.S_ISCHR(found.st_mode))
        self.assertEqual([os.major(found.st_rdev), os.minor(found.st_rdev)], [1, 3])
