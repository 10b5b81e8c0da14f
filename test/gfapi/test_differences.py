"""Points on which os, libgfapi-python and glossa differ; docs/program/python-gfapi.md has a row for each test.

A test runs the same code on a directory of this machine by `os`, on a volume with quirks, and on one without.
"""
import errno
import os
import shutil
import stat
import tempfile
import threading

from gluster.gfapi import File, Volume
from gluster.gfapi.exceptions import Error, VolumeNotMounted
from volume_case import HOST, NAME, PORT, VolumeCase, shared_volume


def outcome(call):
    """The result of a call, or the type of its exception."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001
        return type(error)


class DifferenceTest(VolumeCase):
    def setUp(self):
        super().setUp()
        self.plain = shared_volume(False)
        self.local = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.local)
        for name in "d", "d/e":
            self.make_directory(name)
        for name in "f", "d/g", "d/e/g":
            self.save(name, b"0123456789")
            with open(f"{self.local}/{name}", "wb") as file:
                file.write(b"0123456789")
        for name, target in (("link", "d"), ("broken", "none")):
            self.volume.symlink(target, self.path(name))
            os.symlink(target, f"{self.local}/{name}")

    def make_directory(self, name):
        self.volume.mkdir(self.path(name))
        os.mkdir(f"{self.local}/{name}")

    def differ(self, act, os, libgfapi, glossa, module=os):
        """
        act: gets the functions (a module, or a volume) and the directory
        os, libgfapi, glossa: the outcomes
        """
        found = [outcome(lambda: act(functions, at))
                 for functions, at in ((module, self.local), (self.volume, self.at), (self.plain, self.at))]
        self.assertEqual(found, [os, libgfapi, glossa])

    def differ_on_file(self, act, os, libgfapi, glossa):
        """The same for an open file: of `open`, and of `fopen`."""
        def on_open(functions, at):
            file = open(f"{at}/f", "rb") if functions is None else functions.fopen(f"{at}/f", "rb")
            try:
                return act(file)
            finally:
                if not file.closed:
                    file.close()
        self.differ(on_open, os, libgfapi, glossa, module=None)

    # -- files

    def test_read_at_the_end(self):
        self.differ_on_file(lambda file: (file.read(99), file.read(99))[1], b"", None, b"")

    def test_read_of_negative_size(self):
        def act(file):
            file.seek(4) if hasattr(file, "seek") else file.lseek(4, os.SEEK_SET)
            return file.read(-1)
        self.differ_on_file(act, b"456789", b"456789", b"456789")
        # libgfapi-python asks for the size of the whole file.
        file = self.volume.fopen(self.path("f"))
        file.lseek(4, os.SEEK_SET)
        with self.volume.fopen(self.path("f"), "a") as other:
            other.write(b"more")
        self.assertEqual(len(file.read(-1)), 10)
        file.close()

    def test_second_close(self):
        self.differ_on_file(lambda file: (file.close(), file.close())[1], None, OSError, None)

    def test_fileno(self):
        self.differ_on_file(lambda file: callable(file.fileno), True, False, True)

    def test_seek_and_lines(self):
        self.differ_on_file(lambda file: (file.seek(3), file.tell(), file.readline()), (3, 3, b"3456789"),
                            AttributeError, (3, 3, b"3456789"))

    def test_iteration(self):
        self.differ_on_file(list, [b"0123456789"], TypeError, [b"0123456789"])

    def test_text_mode(self):
        def act(functions, at):
            make = open if functions is None else functions.fopen
            with make(f"{at}/f", "r") as file:
                return file.read()
        self.differ(act, "0123456789", b"0123456789", "0123456789", module=None)

    def test_write_of_text(self):
        def act(functions, at):
            make = open if functions is None else functions.fopen
            with make(f"{at}/text-{functions is self.volume}", "wb") as file:
                return file.write("é")
        self.differ(act, TypeError, 2, TypeError, module=None)
        self.assertEqual(self.content(self.path("text-True")), "é".encode())

    def test_exclusive_mode(self):
        def act(functions, at):
            make = open if functions is None else functions.fopen
            with make(f"{at}/new-{functions is self.volume}", "xb") as file:
                return file.write(b"text")
        self.differ(act, 4, ValueError, 4, module=None)

    def test_raw_handle(self):
        def act(functions, at):
            handle = functions.open(f"{at}/f", os.O_RDONLY)
            is_descriptor = handle < 1000
            os.close(handle) if functions is os else File(handle).close()
            return is_descriptor
        self.differ(act, True, False, False)

    def test_dup_has_its_own_position(self):
        def act(functions, at):
            if functions is os:
                handle = os.open(f"{at}/f", os.O_RDONLY)
                copy = os.dup(handle)
                os.lseek(handle, 5, os.SEEK_SET)
                at = os.lseek(copy, 0, os.SEEK_CUR)
                os.close(handle)
                os.close(copy)
                return at
            with File(functions.open(f"{at}/f", os.O_RDONLY)) as file, file.dup() as copy:
                file.lseek(5, os.SEEK_SET)
                return copy.lseek(0, os.SEEK_CUR)
        self.differ(act, 5, 0, 0)

    def test_mode_of_new_files(self):
        def act(functions, at):
            handle = functions.open(f"{at}/new-{functions is self.volume}", os.O_CREAT | os.O_WRONLY, 0o666)
            os.close(handle) if functions is os else File(handle).close()
            return stat.S_IMODE(functions.stat(f"{at}/new-{functions is self.volume}").st_mode)
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        self.differ(act, 0o644, 0o666, 0o644)

    # -- attributes

    def test_stat_is_a_tuple(self):
        self.differ(lambda functions, at: isinstance(functions.stat(f"{at}/f"), tuple), True, False, True)

    def test_times_have_fractions(self):
        def act(functions, at):
            os.utime(f"{self.local}/f", (1.5, 2.5))
            self.plain.utime(self.path("f"), (1.5, 2.5))
            return functions.stat(f"{at}/f").st_mtime
        self.differ(act, 2.5, 2, 2.5)

    def test_statvfs_is_a_tuple(self):
        self.differ(lambda functions, at: isinstance(functions.statvfs(at), tuple), True, False, True)

    def test_utime_without_times(self):
        self.differ(lambda functions, at: functions.utime(f"{at}/f"), None, TypeError, None)

    def test_type_of_xattr(self):
        def act(functions, at):
            functions.setxattr(f"{at}/f", "user.one", b"a\0b")
            return functions.getxattr(f"{at}/f", "user.one")
        self.differ(act, b"a\0b", "a", b"a\0b")

    def test_size_of_xattr(self):
        def act(functions, at):
            functions.setxattr(f"{at}/f", "user.one", b"value")
            return functions.getxattr(f"{at}/f", "user.one", 3)
        self.differ(act, TypeError, OSError, TypeError)

    def test_order_of_xattrs(self):
        def act(functions, at):
            for name in "user.b", "user.c", "user.a":
                functions.setxattr(f"{at}/f", name, b"1")
            return [name for name in functions.listxattr(f"{at}/f") if name.startswith("user.")]
        found = act(self.volume, self.at)
        self.assertEqual(found, sorted(found))
        self.assertEqual(sorted(act(self.plain, self.at)), found)

    # -- directories

    def test_scandir_of_an_absent_directory(self):
        def act(functions, at):
            functions.scandir(f"{at}/none")
            return "no error at the call"
        self.differ(act, FileNotFoundError, "no error at the call", FileNotFoundError)

    def test_entries_follow_links(self):
        def act(functions, at):
            entry = next(entry for entry in functions.scandir(at) if entry.name == "link")
            return entry.is_dir(), stat.S_ISDIR(entry.stat().st_mode)
        self.differ(act, (True, True), (False, False), (True, True))

    def test_makedirs_exist_ok(self):
        self.differ(lambda functions, at: functions.makedirs(f"{at}/d", exist_ok=True), None, TypeError, None)

    def test_opendir_lists_dots(self):
        def act(functions, at):
            return "." in functions.listdir(at)
        self.differ(act, False, False, False)
        self.assertIn(b".", [entry.d_name for entry in self.volume.opendir(self.at)])

    def test_listdir_with_stat(self):
        def act(functions, at):
            return sorted(name for name, _ in functions.listdir_with_stat(at))
        names = ["broken", "d", "f", "link"]
        self.differ(act, AttributeError, names, names)

    # -- walks and trees

    def test_walk_lists_links_to_directories(self):
        def act(functions, at):
            _, directories, files = next(functions.walk(at))
            return sorted(directories), sorted(files)
        self.differ(act, (["d", "link"], ["broken", "f"]), (["d"], ["broken", "f", "link"]),
                    (["d", "link"], ["broken", "f"]))

    def test_walk_is_pruned(self):
        def act(functions, at):
            visited = 0
            for _, directories, _ in functions.walk(at):
                directories.clear()
                visited += 1
            return visited
        self.differ(act, 1, 3, 1)

    def test_rmtree_onerror(self):
        def act(functions, at):
            seen = []
            functions.rmtree(f"{at}/none", onerror=lambda function, path, about: seen.append(isinstance(about, tuple)))
            return set(seen)
        self.differ(act, {True}, {False}, {True}, module=shutil)

    def test_copytree_ignore(self):
        def act(functions, at):
            functions.copytree(f"{at}/d", f"{at}/copy", ignore=lambda path, names: ["g"])
            exists = os.path.exists if functions is shutil else functions.exists
            found = exists(f"{at}/copy/e/g")
            functions.rmtree(f"{at}/copy")
            return found
        self.differ(act, False, True, False, module=shutil)

    def test_copy_returns_the_path(self):
        def act(functions, at):
            return (functions.copy(f"{at}/f", f"{at}/copy") or "").rpartition("/")[2]
        self.differ(act, "copy", "", "copy", module=shutil)

    def test_copyfile_onto_itself(self):
        self.differ(lambda functions, at: functions.copyfile(f"{at}/f", f"{at}/f"), shutil.SameFileError, Error,
                    shutil.SameFileError, module=shutil)

    # -- the volume

    def test_working_directory_of_each_volume(self):
        before = os.getcwd()
        self.volume.chdir(self.path("d"))
        self.plain.chdir(self.at)
        self.addCleanup(self.plain.chdir, "/")
        self.assertEqual([os.getcwd(), self.volume.getcwd(), self.plain.getcwd()],
                         [before, self.path("d"), self.at])

    def test_exists_before_mount(self):
        for quirks in True, False:
            volume = Volume(HOST, NAME, port=PORT, quirks=quirks)
            with self.assertRaises(VolumeNotMounted):
                volume.exists("/")

    def test_identity_of_calls(self):
        # glossa's is that of a volume; libgfapi's that of a thread, on all volumes.
        seen = {}
        def use():
            self.volume.setfsuid(12)
            self.plain.setfsuid(34)
            self.addCleanup(self.plain.setfsuid, 0)
            seen["thread"] = [self.volume._caller_ids(), self.plain._caller_ids()]
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        seen["main"] = [self.volume._caller_ids(), self.plain._caller_ids()]
        self.assertEqual(seen, {"thread": [{"uid": 12}, {"uid": 34}], "main": [{}, {"uid": 34}]})

    def test_errors_name_the_path(self):
        def act(functions, at):
            try:
                functions.stat(f"{at}/none")
            except OSError as error:
                return error.errno, error.filename.rpartition("/")[2]
        self.differ(act, *[(errno.ENOENT, "none")] * 3)

    def test_sizes_beyond_2_GiB(self):
        size = 5 * 2**30
        with File(self.volume.open(self.path("f"), os.O_RDWR)) as file:
            file.ftruncate(size)
            self.assertEqual(file.fgetsize(), size)
            self.assertEqual(file.lseek(size - 1, os.SEEK_SET), size - 1)
            self.assertEqual([file.read(9), file.read(9)], [b"\0", None])
            file.discard(3 * 2**30, 1000)
            file.zerofill(3 * 2**30, 1000)
            file.ftruncate(0)

    def test_fsync_and_fdatasync(self):
        with File(self.volume.open(self.path("f"), os.O_RDWR)) as file:
            self.assertEqual(file.write(b"text", os.O_SYNC), 4)
            self.assertEqual([file.fsync(), file.fdatasync()], [None, None])

    def test_threads(self):
        errors = []
        def use(number):
            try:
                path = self.path(f"thread-{number}")
                for _ in range(20):
                    with self.volume.fopen(path, "w+") as file:
                        file.write(b"text")
                    self.volume.stat(path)
            except OSError as error:
                errors.append(error)
        threads = [threading.Thread(target=use, args=[number]) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])

    def test_umount_leaves_nothing(self):
        def descriptors():
            return len(os.listdir("/proc/self/fd"))
        before = descriptors()
        for _ in range(3):
            volume = Volume(HOST, NAME, port=PORT)
            volume.mount()
            kept = volume.fopen(self.path("f"))
            volume.umount()
            with self.assertRaises(OSError):
                kept.read()
            with self.assertRaises(OSError):
                kept.close()
            volume.mount()
            self.assertEqual(volume.stat(self.path("f")).st_size, 10)
            volume.umount()
        del kept
        self.assertLessEqual(descriptors(), before)

    def test_volfile_in_place_of_a_server(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/memory.vol"
            with open(path, "w") as file:
                file.write("volume files\n  type storage/memory\nend-volume\n")
            volume = Volume(volfile=path)
            volume.mount()
            self.addCleanup(volume.umount)
            with volume.fopen("/f", "w") as file:
                file.write(b"text")
            self.assertEqual(volume.listdir("/"), ["f"])
            with self.assertRaises(OSError):
                volume.get_volume_id()
