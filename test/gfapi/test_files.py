"""Open files: data, offsets and sizes."""
import errno
import os
import stat
import threading

from gluster.gfapi import File
from volume_case import VolumeCase

CREATE = os.O_CREAT | os.O_RDWR | os.O_EXCL


class BinaryTest(VolumeCase):
    def test_bin_open_and_read(self):
        data = bytearray(range(256))
        with File(self.volume.open(self.path("f"), CREATE, 0o644)) as file:
            self.assertEqual(file.write(data), 256)
            file.fsync()
        with File(self.volume.open(self.path("f"), os.O_RDONLY)) as file:
            self.assertEqual(bytearray(file.read(256)), data)


class OpenTest(VolumeCase):
    def test_open_and_read(self):
        path = self.save("f", b"a line")
        with File(self.volume.open(path, os.O_RDONLY)) as file:
            read = file.read(6)
        self.assertNotIsInstance(read, int)
        self.assertEqual(read, b"a line")

    def test_open_file_not_exist(self):
        with self.refused(errno.ENOENT):
            self.volume.open(self.path("none"), os.O_WRONLY)

    def test_open_err(self):
        path = self.save("f")
        with self.assertRaises(TypeError):
            self.volume.open(path, "w")
        with self.refused():
            self.volume.open(self.path("none"), 12345)

    def test_fopen_err(self):
        path = self.save("f")
        for mode in 1, None, b"r":
            with self.assertRaises(TypeError):
                self.volume.fopen(path, mode)
        for mode in "x+", "rw", "", "rr":
            with self.assertRaises(ValueError):
                self.volume.fopen(path, mode)
        for mode in "r", "r+", "rb":
            with self.refused(errno.ENOENT):
                self.volume.fopen(self.path("none"), mode)

    def test_fopen(self):
        path = self.path("f")
        with self.volume.fopen(path, "w") as file:
            self.assertEqual([file.mode, file.name], ["w", path])
            self.assertEqual(file.write(b"123456789"), 9)
        # No umask applies, as in libgfapi.
        self.assertEqual(stat.S_IMODE(self.volume.stat(path).st_mode), 0o666)

        with self.volume.fopen(path) as file:
            self.assertEqual(file.mode, "r")
            self.assertEqual(file.lseek(0, os.SEEK_CUR), 0)
            self.assertEqual(file.read(), b"123456789")
            with self.refused(errno.EBADF, errno.EINVAL):
                file.write(b"x")

        with self.volume.fopen(path, "r+") as file:
            self.assertEqual(file.lseek(0, os.SEEK_CUR), 0)
            self.assertEqual(file.read(), b"123456789")
            file.ftruncate(0)
            self.assertEqual(file.lseek(0, os.SEEK_SET), 0)
            self.assertEqual(file.write(b"abc"), 3)
        self.assertEqual(self.content(path), b"abc")

        for mode in "w", "w+":
            with self.volume.fopen(path, mode) as file:
                self.assertEqual([file.fgetsize(), file.lseek(0, os.SEEK_CUR)], [0, 0])
                file.write(b"new")
        self.assertEqual(self.content(path), b"new")

        for mode in "a", "a+":
            with self.volume.fopen(path, mode) as file:
                self.assertEqual(file.lseek(0, os.SEEK_CUR), 0)
                file.write(b"+")
        self.assertEqual(self.content(path), b"new++")
        with self.volume.fopen(path, "a+") as file:
            self.assertEqual(file.read(), b"new++")

    def test_fopen_in_thread(self):
        read = []

        def use(name):
            with self.volume.fopen(self.path(name), "w+") as file:
                file.write(name.encode())
                file.lseek(0, os.SEEK_SET)
                read.append(file.read())
        names = [f"thread-{number}" for number in range(20)]
        threads = [threading.Thread(target=use, args=[name]) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(read), sorted(name.encode() for name in names))

    def test_create_file_already_exists(self):
        path = self.save("f")
        with self.refused(errno.EEXIST):
            self.volume.open(path, CREATE)


class CloseTest(VolumeCase):
    def test_double_close(self):
        file = self.create("f")
        file.close()
        for _ in range(2):
            with self.refused(errno.EBADF):
                file.close()

    def test_glfd_decorators_IO_on_invalid_glfd(self):
        file = self.create("f", b"text")
        file.close()
        for call in (file.read, file.fstat, file.fsync, file.dup, lambda: file.write(b"x"),
                     lambda: file.lseek(0, os.SEEK_SET)):
            with self.refused(errno.EBADF):
                call()


class OffsetTest(VolumeCase):
    def test_write_file_dup_lseek_read(self):
        file = self.create("f", b"hello world from gluster")
        copy = file.dup()
        file.close()
        self.assertEqual([file.closed, copy.closed], [True, False])
        self.assertEqual(copy.lseek(6, os.SEEK_SET), 6)
        self.assertEqual(copy.read(5), b"world")
        self.assertEqual(copy.lseek(-7, os.SEEK_END), 17)
        self.assertEqual(copy.read(7), b"gluster")
        self.assertEqual(copy.lseek(-3, os.SEEK_CUR), 21)
        self.assertEqual(copy.read(1), b"t")
        self.assertEqual([copy.name, copy.mode], [file.name, None])
        copy.close()

    def test_readinto(self):
        file = self.create("f", b"abc")
        buffer = bytearray(1)
        for letter in b"abc":
            self.assertEqual(file.readinto(buffer), 1)
            self.assertEqual(buffer[0], letter)
        self.assertEqual(file.readinto(buffer), 0)
        with self.assertRaises(TypeError):
            file.readinto("text")


class SizeTest(VolumeCase):
    def check(self, file, data):
        self.assertEqual([file.fgetsize(), self.content(self.path("f"))], [len(data), data])

    def test_ftruncate(self):
        file = self.create("f", b"123456789")
        file.ftruncate(5)
        self.check(file, b"12345")
        file.ftruncate(7)
        self.check(file, b"12345\0\0")
        self.assertEqual(file.lseek(0, os.SEEK_CUR), 0)

    def test_fallocate(self):
        file = self.create("f")
        file.fallocate(0, 0, 10)
        self.check(file, bytes(10))
        keep_size = 1
        file.fallocate(keep_size, 10, 10)
        self.check(file, bytes(10))

    def test_discard(self):
        file = self.create("f", b"0123456789")
        file.discard(3, 6)
        self.check(file, b"012" + bytes(6) + b"9")

    def test_zerofill(self):
        file = self.create("f", b"0123456789")
        file.zerofill(3, 6)
        self.check(file, b"012" + bytes(6) + b"9")
