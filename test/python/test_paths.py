"""Test cases of operations by path: they are those of os, os.path and shutil."""

import errno
import os
import shutil
import stat
import time

from support import VolumeCase


class Attributes(VolumeCase):
    def test_stat(self):
        """stat returns an os.stat_result with the values that the storage has"""
        self.volume.write_bytes(self.at("a"), b"12345")
        found = self.volume.stat(self.at("a"))
        real = os.stat(f"{self.directory}{self.at('a')}")
        self.assertIsInstance(found, os.stat_result)
        for name in ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks", "st_blksize"):
            self.assertEqual(getattr(found, name), getattr(real, name), name)
        for name in ("st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_mtime"):
            self.assertEqual(getattr(found, name), getattr(real, name), name)
        self.assertGreaterEqual(found.st_ino, 0)

    def test_absent(self):
        """operations on an absent path raise FileNotFoundError with errno and path"""
        absent = self.at("none")
        calls = (
            lambda: self.volume.stat(absent),
            lambda: self.volume.open(absent),
            lambda: self.volume.listdir(absent),
            lambda: self.volume.remove(absent),
            lambda: self.volume.rmdir(absent),
            lambda: self.volume.chmod(absent, 0o600),
            lambda: self.volume.truncate(absent, 0),
            lambda: self.volume.read_bytes(absent),
            lambda: self.volume.getxattr(absent, "user.a"),
        )
        for call in calls:
            with self.assertRaises(FileNotFoundError) as caught:
                call()
            self.assertEqual(caught.exception.filename, absent)
            self.assertEqual(caught.exception.errno, errno.ENOENT)
            self.assertEqual(caught.exception.strerror, os.strerror(errno.ENOENT))

    def test_two_paths(self):
        """an error of rename, link and copyfile names both paths"""
        for call in (self.volume.rename, self.volume.link, self.volume.replace):
            with self.assertRaises(FileNotFoundError) as caught:
                call(self.at("none"), self.at("b"))
            self.assertEqual(caught.exception.filename, self.at("none"))
            self.assertEqual(caught.exception.filename2, self.at("b"))

    def test_wrong_values(self):
        """wrong types raise TypeError, NUL and negative sizes ValueError, before anything is sent"""
        for call in (
            lambda: self.volume.stat(1.5),
            lambda: self.volume.stat(None),
            lambda: self.volume.mkdir(self.at("a"), "mode"),
            lambda: self.volume.chmod(self.at("a"), 1.0),
            lambda: self.volume.truncate(self.at("a"), "1"),
            lambda: self.volume.write_bytes(self.at("a"), "text"),
            lambda: self.volume.write_text(self.at("a"), b"bytes"),
            lambda: self.volume.utime(self.at("a"), 1),
            lambda: self.volume.utime(self.at("a"), ("1", "2")),
            lambda: self.volume.access(self.at("a"), None),
            lambda: self.volume.open_raw(self.at("a"), "r"),
        ):
            with self.assertRaises(TypeError):
                call()
        for call in (
            lambda: self.volume.stat("a\0b"),
            lambda: self.volume.open(b"a\0b"),
            lambda: self.volume.rename("a", "\0"),
            lambda: self.volume.truncate(self.at("a"), -1),
        ):
            with self.assertRaises(ValueError):
                call()
        for call in (
            lambda: self.volume.chown(self.top, 2**32, -1),
            lambda: self.volume.chown(self.top, -1, -2),
            lambda: self.volume.access(self.top, -1),
            lambda: self.volume.open_raw(self.at("a"), 2**32),
        ):
            with self.assertRaises(OverflowError):
                call()
        self.assertFalse(self.volume.exists("a\0b"))

    def test_tests(self):
        """exists, isfile, isdir and islink follow links as os.path does"""
        self.volume.write_bytes(self.at("a"), b"")
        self.volume.symlink("a", self.at("link"))
        self.volume.symlink("none", self.at("broken"))
        volume = self.volume
        self.assertEqual(
            [(volume.exists(p), volume.isfile(p), volume.isdir(p), volume.islink(p))
             for p in (self.top, self.at("a"), self.at("link"), self.at("broken"), self.at("none"))],
            [(True, False, True, False), (True, True, False, False), (True, True, False, True),
             (False, False, False, True), (False, False, False, False)],
        )
        self.assertTrue(volume.lexists(self.at("broken")))
        self.assertTrue(volume.samefile(self.at("a"), self.at("link")))
        self.assertEqual(volume.readlink(self.at("link")), "a")
        self.assertEqual(volume.readlink(os.fsencode(self.at("link"))), b"a")
        self.assertEqual(volume.realpath(self.at("link")), self.at("a"))
        self.assertTrue(stat.S_ISLNK(volume.lstat(self.at("link")).st_mode))

    def test_changes(self):
        """chmod, utime, truncate and chown change attributes"""
        path = self.at("a")
        self.volume.write_bytes(path, b"12345")
        self.volume.chown(path, -1, -1)
        self.volume.truncate(path, 3)
        self.volume.chmod(path, 0o4711)
        self.volume.utime(path, (1.5, 2))
        found = self.volume.stat(path)
        self.assertEqual((stat.S_IMODE(found.st_mode), found.st_size), (0o4711, 3))
        self.assertEqual((found.st_atime, found.st_mtime), (1.5, 2.0))
        before = time.time()
        self.volume.utime(path)
        self.assertGreaterEqual(self.volume.getmtime(path), before - 1)
        self.assertEqual(self.volume.getsize(path), 3)
        with self.assertRaises(ValueError):
            self.volume.utime(path, (1, 2), ns=(1, 2))

    def test_access(self):
        """access tells whether the file may be used, and raises nothing"""
        self.volume.write_bytes(self.at("a"), b"")
        self.assertTrue(self.volume.access(self.at("a"), os.R_OK | os.W_OK))
        self.assertFalse(self.volume.access(self.at("none"), os.F_OK))

    def test_statvfs(self):
        """statvfs returns an os.statvfs_result of the storage"""
        found = self.volume.statvfs("/")
        self.assertIsInstance(found, os.statvfs_result)
        self.assertEqual(found.f_namemax, 255)
        self.assertGreater(found.f_blocks, 0)

    def test_xattr(self):
        """extended attributes take the flags of os.setxattr"""
        path = self.at("a")
        self.volume.write_bytes(path, b"")
        self.volume.setxattr(path, "user.a", b"one", os.XATTR_CREATE)
        with self.assertRaises(FileExistsError):
            self.volume.setxattr(path, "user.a", b"two", os.XATTR_CREATE)
        self.volume.setxattr(path, b"user.a", bytearray(b"two"), os.XATTR_REPLACE)
        self.assertEqual(self.volume.getxattr(path, "user.a"), b"two")
        self.assertEqual(self.volume.listxattr(path), ["user.a"])
        self.volume.removexattr(path, "user.a")
        self.assertEqual(self.volume.listxattr(path), [])

    def test_gfid(self):
        """the gfid of a file is 16 bytes, which a rename leaves"""
        self.volume.write_bytes(self.at("a"), b"")
        gfid = self.volume.gfid(self.at("a"))
        self.volume.rename(self.at("a"), self.at("b"))
        self.assertEqual((len(gfid), self.volume.gfid(self.at("b"))), (16, gfid))


class Names(VolumeCase):
    def test_any_bytes(self):
        """names of any bytes are made, listed as str or bytes, and found again"""
        for name in (b"\xff\xfe", "ä".encode(), b"new\nline", b"x" * 255):
            path = os.fsencode(self.top) + b"/" + name
            self.volume.write_bytes(path, name)
            self.assertIn(name, self.volume.listdir(os.fsencode(self.top)))
            text = os.fsdecode(name)
            self.assertIn(text, self.volume.listdir(self.top))
            self.assertEqual(self.volume.read_bytes(self.at(text)), name)
        with self.assertRaises(OSError) as caught:
            self.volume.stat(self.at("y" * 256))
        self.assertEqual(caught.exception.errno, errno.ENAMETOOLONG)

    def test_above_the_root(self):
        """.. above the root is the root"""
        self.assertTrue(self.volume.samefile("/../..", "/"))
        self.assertEqual(self.volume.listdir("/../.."), self.volume.listdir("/"))

    def test_makedirs(self):
        """makedirs makes all directories, and refuses an existing one unless exist_ok"""
        self.volume.makedirs(self.at("a/b/c"))
        self.assertTrue(self.volume.isdir(self.at("a/b/c")))
        with self.assertRaises(FileExistsError):
            self.volume.makedirs(self.at("a/b/c"))
        self.volume.makedirs(self.at("a/b/c"), exist_ok=True)

    def test_rename(self):
        """rename replaces a file, and refuses a directory that is not empty"""
        self.volume.write_bytes(self.at("a"), b"a")
        self.volume.write_bytes(self.at("b"), b"b")
        self.volume.rename(self.at("a"), self.at("b"))
        self.assertEqual(self.volume.listdir(self.top), ["b"])
        self.volume.makedirs(self.at("c/d"))
        self.volume.mkdir(self.at("e"))
        with self.assertRaises(OSError) as caught:
            self.volume.rename(self.at("e"), self.at("c"))
        self.assertEqual(caught.exception.errno, errno.ENOTEMPTY)

    def test_link(self):
        """link makes a further name of a file"""
        self.volume.write_bytes(self.at("a"), b"a")
        self.volume.link(self.at("a"), self.at("b"))
        self.assertEqual(self.volume.stat(self.at("a")).st_nlink, 2)
        self.assertTrue(self.volume.samefile(self.at("a"), self.at("b")))
        self.volume.unlink(self.at("a"))
        self.assertEqual(self.volume.read_bytes(self.at("b")), b"a")

    def test_special_files(self):
        """mkfifo and mknod make special files"""
        self.volume.mkfifo(self.at("fifo"))
        self.assertTrue(stat.S_ISFIFO(self.volume.lstat(self.at("fifo")).st_mode))
        if os.getuid() == 0:
            self.volume.mknod(self.at("null"), stat.S_IFCHR | 0o600, os.makedev(1, 3))
            self.assertEqual(self.volume.stat(self.at("null")).st_rdev, os.makedev(1, 3))


class Trees(VolumeCase):
    def setUp(self):
        super().setUp()
        for name in ("tree/a/one", "tree/a/two", "tree/b/three", "tree/four"):
            self.volume.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
            self.volume.write_text(self.at(name), name)
        self.volume.symlink("a", self.at("tree/link"))

    def test_scandir(self):
        """scandir has entries with the attributes and defaults of os.DirEntry"""
        with self.volume.scandir(self.at("tree")) as entries:
            found = {entry.name: entry for entry in entries}
        self.assertEqual(sorted(found), ["a", "b", "four", "link"])
        link = found["link"]
        self.assertTrue(link.is_dir() and link.is_symlink())
        self.assertFalse(link.is_dir(follow_symlinks=False) or link.is_file())
        self.assertEqual(link.path, self.at("tree/link"))
        self.assertTrue(stat.S_ISLNK(link.stat(follow_symlinks=False).st_mode))
        self.assertEqual(found["four"].stat().st_size, 9)
        self.assertEqual(found["four"].inode(), self.volume.stat(found["four"]).st_ino)

    def test_large_directory(self):
        """a directory of several pages is listed whole, and may be left in the middle"""
        names = [f"{number:04}-{'x' * 100}" for number in range(1500)]
        self.volume.mkdir(self.at("large"))
        for name in names:
            os.close(os.open(f"{self.directory}{self.at('large')}/{name}", os.O_CREAT))
        self.assertEqual(sorted(self.volume.listdir(self.at("large"))), names)
        self.assertEqual(len(list(self.volume.scandir(self.at("large")))), 1500)
        with self.volume.scandir(self.at("large")) as entries:
            next(entries)
        self.assertEqual(list(entries), [])

    def test_walk(self):
        """walk lists trees as os.walk does, in both directions, and skips pruned directories"""
        for settings in ({}, {"topdown": False}, {"followlinks": True}):
            mine = [(path, sorted(dirs), sorted(files))
                    for path, dirs, files in self.volume.walk(self.at("tree"), **settings)]
            start = len(self.directory)
            real = [(path[start:], sorted(dirs), sorted(files))
                    for path, dirs, files in os.walk(self.directory + self.at("tree"), **settings)]
            self.assertEqual(sorted(mine), sorted(real))
        walked = []
        for path, dirs, _ in self.volume.walk(self.at("tree")):
            walked.append(path)
            dirs[:] = []
        self.assertEqual(walked, [self.at("tree")])
        errors = []
        self.assertEqual(list(self.volume.walk(self.at("none"), onerror=errors.append)), [])
        self.assertIsInstance(errors[0], FileNotFoundError)

    def test_walk_of_a_loop(self):
        """walk lists a link that leads to itself as a file, as os.walk does"""
        self.volume.symlink("loop", self.at("loop"))
        self.assertEqual(list(self.volume.walk(self.top))[0][2], ["loop"])

    def test_copytree(self):
        """copytree copies a tree with links as links, or with their files"""
        self.volume.copytree(self.at("tree"), self.at("links"), symlinks=True)
        self.assertEqual(self.volume.readlink(self.at("links/link")), "a")
        self.assertEqual(self.volume.read_text(self.at("links/a/one")), "tree/a/one")
        self.volume.copytree(self.at("tree"), self.at("files"))
        self.assertFalse(self.volume.islink(self.at("files/link")))
        self.assertEqual(self.volume.read_text(self.at("files/link/two")), "tree/a/two")
        with self.assertRaises(FileExistsError):
            self.volume.copytree(self.at("tree"), self.at("files"))
        self.volume.copytree(self.at("tree"), self.at("files"), dirs_exist_ok=True)

    def test_copytree_ignore(self):
        """copytree leaves out what ignore returns, on each level"""
        ignore = shutil.ignore_patterns("o*", "b")
        self.volume.copytree(self.at("tree"), self.at("some"), symlinks=True, ignore=ignore)
        self.assertEqual(sorted(self.volume.listdir(self.at("some"))), ["a", "four", "link"])
        self.assertEqual(self.volume.listdir(self.at("some/a")), ["two"])

    def test_rmtree(self):
        """rmtree removes a tree; it refuses links and files, and reports errors as it is told"""
        with self.assertRaises(OSError):
            self.volume.rmtree(self.at("tree/link"))
        with self.assertRaises(NotADirectoryError):
            self.volume.rmtree(self.at("tree/four"))
        self.volume.rmtree(self.at("tree"))
        self.assertEqual(self.volume.listdir(self.top), [])
        self.volume.rmtree(self.at("tree"), ignore_errors=True)
        errors = []
        self.volume.rmtree(self.at("tree"), onexc=lambda *about: errors.append(about))
        self.volume.rmtree(self.at("tree"), onerror=lambda *about: errors.append(about))
        self.assertIsInstance(errors[0][2], FileNotFoundError)
        self.assertIs(errors[1][2][0], FileNotFoundError)

    def test_copies(self):
        """copyfile, copy and copy2 keep what their names promise in shutil"""
        source = self.at("tree/four")
        self.volume.chmod(source, 0o640)
        self.volume.utime(source, ns=(10**9, 2 * 10**9))
        self.assertEqual(self.volume.copyfile(source, self.at("plain")), self.at("plain"))
        self.assertEqual(self.volume.copy(source, self.at("tree/a")), self.at("tree/a/four"))
        self.volume.copy2(source, self.at("whole"))
        self.assertEqual(self.volume.read_text(self.at("plain")), "tree/four")
        self.assertEqual(self.volume.stat(self.at("tree/a/four")).st_mode & 0o777, 0o640)
        self.assertEqual(self.volume.stat(self.at("whole")).st_mtime_ns, 2 * 10**9)
        with self.assertRaises(shutil.SameFileError):
            self.volume.copyfile(source, source)

    def test_move(self):
        """move renames, into a directory if the target is one"""
        self.assertEqual(self.volume.move(self.at("tree/four"), self.at("tree/a")), self.at("tree/a/four"))
        self.assertEqual(self.volume.move(self.at("tree/a"), self.at("moved")), self.at("moved"))
        self.assertTrue(self.volume.exists(self.at("moved/four")))

    def test_path(self):
        """a path of the volume reads, writes, lists and matches as pathlib does"""
        tree = self.volume.path(self.at("tree"))
        note = tree / "a" / "note.txt"
        note.write_text("ä\n")
        self.assertEqual((note.read_text(), note.read_bytes()), ("ä\n", "ä\n".encode()))
        with note.open("a") as file:
            file.write("more")
        self.assertEqual(note.stat().st_size, 7)
        self.assertEqual((note.name, note.suffix, note.parent), ("note.txt", ".txt", tree / "a"))
        self.assertEqual(sorted(str(p) for p in tree.glob("*/o*")), [self.at("tree/a/one"), self.at("tree/link/one")])
        self.assertEqual([p.name for p in tree.rglob("*.txt")], ["note.txt"])
        self.assertEqual({p.name for p in tree.iterdir()}, {"a", "b", "four", "link"})
        new = tree / "new" / "deep"
        new.mkdir(parents=True, exist_ok=True)
        (new / "empty").touch()
        with self.assertRaises(FileExistsError):
            (new / "empty").touch(exist_ok=False)
        moved = (new / "empty").rename(new / "moved")
        self.assertTrue(moved.is_file() and not (new / "empty").exists())
        moved.unlink()
        moved.unlink(missing_ok=True)
        self.assertEqual(note, self.volume.path(self.top, "tree", "a", "note.txt"))
        self.assertEqual(len({note, self.volume.path(str(note))}), 1)
        (tree / "s").symlink_to("four")
        self.assertEqual(str((tree / "s").resolve()), self.at("tree/four"))
