"""Directories, copies and trees."""
import errno
import hashlib
import os
import stat

from gluster.gfapi import Dir, DirEntry, File, Volume
from gluster.gfapi.exceptions import Error
from volume_case import VolumeCase

LONG_AGO = 1_000_000_000


class CopyTest(VolumeCase):
    def setUp(self):
        super().setUp()
        self.data = bytes(range(256)) * 1000
        self.source = self.save("source", self.data)
        self.volume.utime(self.source, (LONG_AGO, LONG_AGO))
        self.volume.chmod(self.source, 0o640)

    def facts(self, path):
        found = self.volume.stat(path)
        return [hashlib.sha256(self.content(path)).digest(), stat.S_IMODE(found.st_mode), int(found.st_mtime)]

    def test_copyfileobj(self):
        target = self.path("target")
        for length in 128 * 1024, 1000:
            source = self.volume.fopen(self.source, "rb")
            with self.volume.fopen(target, "wb") as copy:
                Volume.copyfileobj(source, copy, length)
            source.close()
            self.assertEqual(self.content(target), self.data)
            self.assertNotEqual(self.volume.getmtime(target), LONG_AGO)
        # From the current position on.
        with self.volume.fopen(self.source) as source, self.volume.fopen(target, "w") as copy:
            source.lseek(-5, os.SEEK_END)
            self.volume.copyfileobj(source, copy)
        self.assertEqual(self.content(target), self.data[-5:])
        with self.refused(errno.EBADF):
            self.volume.copyfileobj(source, copy)

    def test_copyfile_samefile(self):
        self.volume.link(self.source, self.path("name"))
        for other in self.source, self.path("name"):
            with self.assertRaises(Error):
                self.volume.copyfile(self.source, other)
        self.assertEqual(self.content(self.source), self.data)

    def test_copymode(self):
        target = self.save("target")
        self.volume.copymode(self.source, target)
        self.assertEqual(stat.S_IMODE(self.volume.stat(target).st_mode), 0o640)

    def test_copystat(self):
        target = self.save("target")
        self.volume.copystat(self.source, target)
        found = self.volume.stat(target)
        self.assertEqual([stat.S_IMODE(found.st_mode), found.st_atime, found.st_mtime],
                         [0o640, LONG_AGO, LONG_AGO])

    def test_copy(self):
        self.volume.mkdir(self.path("d"))
        for target, path in (("target", "target"), ("d", "d/source")):
            self.volume.copy(self.source, self.path(target))
            checksum, mode, mtime = self.facts(self.path(path))
            self.assertEqual([checksum, mode], self.facts(self.source)[:2])
            self.assertGreater(mtime, LONG_AGO)

    def test_copy2(self):
        self.volume.mkdir(self.path("d"))
        for target, path in (("target", "target"), ("d", "d/source")):
            self.volume.copy2(self.source, self.path(target))
            self.assertEqual(self.facts(self.path(path)), self.facts(self.source))


class TreeCase(VolumeCase):
    """Three directories, two with two files; a file, a link to it, and a link to a directory."""

    def setUp(self):
        super().setUp()
        for name in "d1", "d2", "d3":
            self.volume.mkdir(self.path(name), 0o755)
        for name in "d1/a", "d1/b", "d3/a", "d3/b", "f":
            self.save(name, name.encode())
        self.volume.symlink("f", self.path("to-file"))
        self.volume.symlink("d1", self.path("to-directory"))


class DirectoryTest(TreeCase):
    names = ["d1", "d2", "d3", "f", "to-directory", "to-file"]

    def test_isdir(self):
        self.assertTrue(self.volume.isdir(self.path("d1")))
        self.assertTrue(self.volume.isdir(self.path("to-directory")))

    def test_listdir(self):
        self.assertEqual(sorted(self.volume.listdir(self.at)), self.names)
        with self.refused(errno.ENOENT):
            self.volume.listdir(self.path("none"))
        with self.refused(errno.ENOTDIR):
            self.volume.listdir(self.path("f"))

    def test_listdir_with_stat(self):
        found = dict(self.volume.listdir_with_stat(self.at))
        self.assertEqual(sorted(found), self.names)
        for name, attributes in found.items():
            own = self.volume.lstat(self.path(name))
            self.assertEqual([attributes.st_mode, attributes.st_ino, attributes.st_size],
                             [own.st_mode, own.st_ino, own.st_size])
        with self.refused(errno.ENOENT):
            self.volume.listdir_with_stat(self.path("none"))

    def test_scandir(self):
        entries = list(self.volume.scandir(self.at))
        self.assertEqual(sorted(entry.name for entry in entries), self.names)
        for entry in entries:
            self.assertIsInstance(entry, DirEntry)
            self.assertEqual(entry.path, self.path(entry.name))
            self.assertEqual(entry.inode(), self.volume.lstat(entry.path).st_ino)
            self.assertEqual(entry.stat().st_mode, self.volume.lstat(entry.path).st_mode)
            self.assertEqual(entry.stat(follow_symlinks=True).st_mode, self.volume.stat(entry.path).st_mode)
        kinds = [sum(kind(entry) for entry in entries)
                 for kind in (DirEntry.is_dir, DirEntry.is_file, DirEntry.is_symlink)]
        self.assertEqual(kinds, [3, 1, 2])
        follows = [sum(kind(entry, follow_symlinks=True) for entry in entries)
                   for kind in (DirEntry.is_dir, DirEntry.is_file)]
        self.assertEqual(follows, [4, 2])

    def test_makedirs(self):
        self.volume.makedirs(self.path("d2/e/f"), 0o755)
        self.assertTrue(self.volume.isdir(self.path("d2/e/f")))
        with self.refused(errno.EEXIST):
            self.volume.makedirs(self.path("d2/e/f"))

    def test_statvfs(self):
        before = self.volume.statvfs("/")
        self.assertEqual(before.f_namemax, 255)
        self.assertGreater(before.f_blocks, 0)
        # Other programs may free inodes of the file system at the same time.
        falls = 0
        for number in range(100):
            before = self.volume.statvfs("/").f_ffree
            self.volume.mkdir(self.path(f"another-{number}"))
            falls += self.volume.statvfs("/").f_ffree < before
        self.assertGreater(falls, 0)

    def test_rmtree(self):
        self.volume.rmtree(self.path("d1"))
        self.assertFalse(self.volume.exists(self.path("d1")))
        with self.refused():
            self.volume.rmtree(self.path("to-directory"))
        self.assertTrue(self.volume.islink(self.path("to-directory")))
        with self.refused(errno.ENOENT):
            self.volume.rmtree(self.path("none"))
        self.volume.rmtree(self.path("none"), ignore_errors=True)
        seen = []
        self.volume.rmtree(self.path("none"), onerror=lambda call, path, error: seen.append((path, error.errno)))
        self.assertEqual({error for _, error in seen}, {errno.ENOENT})
        self.assertEqual({path for path, _ in seen}, {self.path("none")})


class WalkTest(TreeCase):
    def walk(self, **settings):
        """The directories in the order of the walk, and the numbers of directories and files in them."""
        found = list(self.volume.walk(self.at, **settings))
        return ([path for path, _, _ in found], sum(len(dirs) for _, dirs, _ in found),
                sum(len(files) for _, _, files in found))

    def test_walk_default(self):
        paths, directories, files = self.walk()
        self.assertEqual([paths[0], directories, files], [self.at, 3, 7])

    def test_walk_topdown_and_followinks(self):
        paths, directories, files = self.walk(followlinks=True)
        self.assertEqual([paths[0], directories, files], [self.at, 4, 8])
        self.assertIn(self.path("to-directory"), paths)

    def test_walk_no_topdown_no_followlinks(self):
        paths, directories, files = self.walk(topdown=False)
        self.assertEqual([paths[-1], directories, files], [self.at, 3, 7])

    def test_walk_no_topdown_and_followlinks(self):
        paths, directories, files = self.walk(topdown=False, followlinks=True)
        self.assertEqual([paths[-1], directories, files], [self.at, 4, 8])

    def test_walk_error(self):
        self.assertEqual(list(self.volume.walk(self.path("none"))), [])
        seen = []
        self.assertEqual(list(self.volume.walk(self.path("none"), onerror=seen.append)), [])
        self.assertEqual([error.errno for error in seen], [errno.ENOENT])


class CopyTreeTest(TreeCase):
    def test_copy_tree(self):
        for symlinks, counts in (False, [4, 8]), (True, [3, 7]):
            target = f"{self.at}-copy"
            self.volume.copytree(self.at, target, symlinks=symlinks)
            self.addCleanup(self.volume.rmtree, target, ignore_errors=True)
            found = list(self.volume.walk(target))
            self.assertEqual([sum(len(dirs) for _, dirs, _ in found),
                              sum(len(files) for _, _, files in found)], counts)
            self.assertEqual(self.volume.islink(f"{target}/to-file"), symlinks)
            self.assertEqual(self.content(f"{target}/d3/b"), b"d3/b")
            with self.refused():
                self.volume.copytree(self.at, target)
            self.volume.rmtree(target)


class RawDirectoryTest(TreeCase):
    """Beyond the 66: opendir."""

    def test_opendir_lists_dots(self):
        entries = list(self.volume.opendir(self.at))
        self.assertEqual(sorted(entry.d_name for entry in entries), [b".", b"..", *map(str.encode, DirectoryTest.names)])

    def test_opendir_readdirplus_yields_pairs(self):
        directory = self.volume.opendir(self.at, readdirplus=True)
        self.assertIsInstance(directory, Dir)
        sizes = {entry.d_name: attributes.st_size for entry, attributes in directory}
        self.assertEqual(sizes[b"f"], 1)

    def test_File_refuses_what_is_no_handle(self):
        for handle in None, "text":
            with self.assertRaises(ValueError):
                File(handle)
