"""Test cases of open files: they are those of io."""

import errno
import fcntl
import io
import os
import pickle

from glossa._arguments import convert_flags
from glossa._operations import ARM_FLAGS
from support import VolumeCase

LARGE = 2_500_000


class OpenFiles(VolumeCase):
    def test_flags_of_arm(self):
        """every flag of ARM becomes the volume's and converts back; other bits stay"""
        back = {volume: own for own, volume in ARM_FLAGS.items()}
        for bit in range(31):
            flags = 1 << bit | os.O_RDWR
            converted = convert_flags(flags, ARM_FLAGS)
            self.assertEqual(converted, ARM_FLAGS.get(1 << bit, 1 << bit) | os.O_RDWR)
            self.assertEqual(convert_flags(converted, back), flags)
        self.assertEqual(convert_flags(0x7FFFFFFF, ARM_FLAGS), 0x7FFFFFFF)

    def test_flags_of_open(self):
        """open_raw takes this machine's O_NOFOLLOW and O_DIRECTORY"""
        self.volume.write_bytes(self.at("a"), b"")
        self.volume.symlink("a", self.at("link"))
        with self.assertRaises(OSError) as raised:
            self.volume.open_raw(self.at("link"), os.O_NOFOLLOW)
        self.assertEqual(raised.exception.errno, errno.ELOOP)
        with self.assertRaises(NotADirectoryError):
            self.volume.open_raw(self.at("a"), os.O_DIRECTORY)

    def test_text(self):
        """open writes and reads text in UTF-8, with universal line ends"""
        with self.volume.open(self.at("a"), "w") as file:
            self.assertIsInstance(file, io.TextIOWrapper)
            self.assertEqual(file.write("grün\r\nblau\n"), 11)
        with self.volume.open(self.at("a")) as file:
            self.assertEqual(list(file), ["grün\n", "blau\n"])
        with self.volume.open(self.at("a"), newline="") as file:
            self.assertEqual(file.readline(), "grün\r\n")

    def test_classes(self):
        """open returns the classes of io for its modes"""
        expected = {
            "wb": io.BufferedWriter,
            "rb": io.BufferedReader,
            "r+b": io.BufferedRandom,
            "ab": io.BufferedWriter,
            "a+b": io.BufferedRandom,
        }
        for mode, kind in expected.items():
            with self.volume.open(self.at("a"), mode) as file:
                self.assertIs(type(file), kind)
        with self.volume.open(self.at("a"), "rb", buffering=0) as file:
            self.assertIsInstance(file, io.RawIOBase)
            self.assertEqual((file.mode, file.name), ("rb", self.at("a")))

    def test_large(self):
        """data of several messages is read and written whole, buffered, raw, and by path"""
        data = os.urandom(LARGE)
        with self.volume.open(self.at("a"), "wb") as file:
            file.write(data)
        self.assertEqual(self.volume.read_bytes(self.at("a")), data)
        with self.volume.open(self.at("a"), "rb") as file:
            self.assertEqual(file.read(), data)
            file.seek(7)
            target = bytearray(LARGE)
            self.assertEqual(file.readinto(target), LARGE - 7)
            self.assertEqual(target[: LARGE - 7], data[7:])
        self.volume.write_bytes(self.at("b"), data)
        with self.volume.open(self.at("b"), "rb", buffering=0) as file:
            self.assertEqual(file.readall(), data)
            self.assertEqual(file.read(1), b"")

    def test_buffers_of_any_size(self):
        """readinto fills buffers of each size around that of the connection's own"""
        data = os.urandom(40_000)
        self.volume.write_bytes(self.at("a"), data)
        with self.volume.open(self.at("a"), "rb", buffering=0) as file:
            for size in (1, 100, 16_371, 16_372, 16_373, 16_384, 39_999, 40_000):
                target = bytearray(size)
                self.assertEqual(file.preadinto(target, 0), size)
                self.assertEqual(target, data[:size])

    def test_seek(self):
        """seek takes the three origins, and refuses positions before the start"""
        self.volume.write_bytes(self.at("a"), b"0123456789")
        with self.volume.open(self.at("a"), "r+b", buffering=0) as file:
            self.assertEqual(file.seek(-3, os.SEEK_END), 7)
            self.assertEqual(file.seek(-2, os.SEEK_CUR), 5)
            self.assertEqual((file.read(2), file.tell()), (b"56", 7))
            for offset, whence in ((-1, os.SEEK_SET), (-11, os.SEEK_END)):
                with self.assertRaises(ValueError):
                    file.seek(offset, whence)
            with self.assertRaises(ValueError):
                file.pread(1, -1)
            with self.assertRaises(ValueError):
                file.seek(0, 9)

    def test_append(self):
        """a file in append mode starts at its end, and writes there"""
        self.volume.write_bytes(self.at("a"), b"one")
        with self.volume.open(self.at("a"), "ab") as file:
            self.assertEqual(file.tell(), 3)
            file.write(b"two")
        with self.volume.open(self.at("a"), "a+b", buffering=0) as file:
            file.seek(0)
            file.write(b"three")
            self.assertEqual(file.tell(), 11)
            file.seek(0)
            self.assertEqual(file.read(), b"onetwothree")

    def test_exclusive(self):
        """mode x makes a file, and fails with FileExistsError if there is one"""
        with self.volume.open(self.at("a"), "x") as file:
            file.write("new")
        with self.assertRaises(FileExistsError) as caught:
            self.volume.open(self.at("a"), "x")
        self.assertEqual(caught.exception.filename, self.at("a"))

    def test_wrong_modes(self):
        """open refuses wrong modes as the function open does"""
        for mode in ("", "q", "rw", "rbt", "rr", "+"):
            with self.assertRaises(ValueError):
                self.volume.open(self.at("a"), mode)
        for arguments in ({"mode": 1}, {"buffering": "1"}):
            with self.assertRaises(TypeError):
                self.volume.open(self.at("a"), **arguments)
        with self.assertRaises(ValueError):
            self.volume.open(self.at("a"), "rb", encoding="utf-8")
        with self.assertRaises(ValueError):
            self.volume.open(self.at("a"), "w", buffering=0)
        self.assertFalse(self.volume.exists(self.at("a")))

    def test_directions(self):
        """a file open for one direction refuses the other"""
        with self.volume.open(self.at("a"), "wb", buffering=0) as file:
            with self.assertRaises(io.UnsupportedOperation):
                file.read(1)
        with self.volume.open(self.at("a"), "rb", buffering=0) as file:
            with self.assertRaises(io.UnsupportedOperation):
                file.write(b"x")
            with self.assertRaises(io.UnsupportedOperation):
                file.fileno()
            with self.assertRaises(TypeError):
                file.readinto(b"read-only")

    def test_closed(self):
        """a closed file raises ValueError, and closes again without an error"""
        file = self.volume.open(self.at("a"), "wb", buffering=0)
        file.close()
        file.close()
        for call in (file.tell, file.readable, file.stat, lambda: file.write(b"x")):
            with self.assertRaises(ValueError):
                call()

    def test_truncate(self):
        """truncate changes the size, and leaves the position"""
        with self.volume.open(self.at("a"), "w+b", buffering=0) as file:
            file.write(b"0123456789")
            file.seek(4)
            self.assertEqual(file.truncate(), 4)
            self.assertEqual(file.truncate(6), 6)
            self.assertEqual((file.tell(), file.stat().st_size), (4, 6))

    def test_positions(self):
        """pread and pwrite leave the position"""
        with self.volume.open(self.at("a"), "w+b", buffering=0) as file:
            self.assertEqual(file.pwrite(b"abcdef", 2), 6)
            self.assertEqual(file.pread(3, 3), b"bcd")
            self.assertEqual(file.pread(10, 6), b"ef")
            self.assertEqual(file.tell(), 0)

    def test_space(self):
        """fallocate reserves, zerofill and discard clear, SEEK_DATA finds data"""
        with self.volume.open(self.at("a"), "w+b", buffering=0) as file:
            file.write(b"0123456789")
            file.zerofill(3, 6)
            self.assertEqual(file.pread(10, 0), b"012" + bytes(6) + b"9")
            file.fallocate(0, 100, keep_size=True)
            self.assertEqual(file.stat().st_size, 10)
            file.fallocate(0, 100)
            self.assertEqual(file.stat().st_size, 100)
            file.discard(0, 2)
            self.assertEqual(file.pread(3, 0), b"\0\0" + b"2")
            self.assertEqual(file.seek(0, os.SEEK_DATA), 0)
            self.assertEqual(file.seek(0, os.SEEK_HOLE), 100)

    def test_attributes(self):
        """an open file has chmod, utime and extended attributes"""
        with self.volume.open(self.at("a"), "wb", buffering=0) as file:
            file.chmod(0o640)
            file.utime(ns=(1_000_000_001, 2_000_000_002))
            found = file.stat()
            self.assertEqual(found.st_mode & 0o777, 0o640)
            self.assertEqual((found.st_atime_ns, found.st_mtime_ns), (1_000_000_001, 2_000_000_002))
            file.setxattr("user.a", b"one")
            self.assertEqual(file.getxattr("user.a"), b"one")
            self.assertEqual(file.listxattr(), ["user.a"])
            file.removexattr("user.a")
            with self.assertRaises(OSError) as caught:
                file.getxattr("user.a")
            self.assertEqual(caught.exception.errno, errno.ENODATA)

    def test_lockf(self):
        """lockf takes record locks for the owner of the identity, and reports one in the way"""
        owners = [self.volume.with_identity(lock_owner=name) for name in (b"one", b"other")]
        one, other = (owner.open_raw(self.at("a"), os.O_RDWR | os.O_CREAT) for owner in owners)
        with one, other:
            one.lockf(fcntl.LOCK_EX, 10, 5)
            one.lockf(fcntl.LOCK_EX, 10, 5)
            other.lockf(fcntl.LOCK_EX | fcntl.LOCK_NB, 5)
            with self.assertRaises(BlockingIOError):
                other.lockf(fcntl.LOCK_SH | fcntl.LOCK_NB)
            found = other.set_lock(fcntl.F_GETLK, fcntl.F_WRLCK, 0, 0)
            self.assertEqual((found.type, found.start, found.length), (fcntl.F_WRLCK, 5, 10))
            one.lockf(fcntl.LOCK_UN)
            other.lockf(fcntl.LOCK_SH | fcntl.LOCK_NB)
            with self.assertRaises(ValueError):
                one.lockf(0)

    def test_copy_range(self):
        """copy_range copies from one open file to another"""
        self.volume.write_bytes(self.at("a"), b"0123456789")
        with self.volume.open(self.at("a"), "rb", 0) as source:
            with self.volume.open(self.at("b"), "wb", 0) as target:
                self.assertEqual(source.copy_range(target, 4, 3, 0), 4)
        self.assertEqual(self.volume.read_bytes(self.at("b")), b"3456")

    def test_removed_while_open(self):
        """a file that was removed stays readable while it is open"""
        self.volume.write_bytes(self.at("a"), b"kept")
        with self.volume.open(self.at("a"), "rb") as file:
            self.volume.remove(self.at("a"))
            self.assertEqual(file.read(), b"kept")

    def test_dropped(self):
        """a file that is dropped warns, and its handle is given back with the next call"""
        with self.assertWarns(ResourceWarning):
            self.volume.open_raw(self.at("a"), os.O_RDWR | os.O_CREAT)
        self.volume.stat(self.at("a"))

    def test_pickle(self):
        """an open file refuses to be pickled, and names itself"""
        with self.volume.open_raw(self.at("a"), os.O_RDWR | os.O_CREAT) as file:
            with self.assertRaisesRegex(TypeError, "test_pickle/a"):
                pickle.dumps(file)

    def test_directory(self):
        """a directory does not open as a file"""
        with self.assertRaises(IsADirectoryError):
            self.volume.open(self.top, "wb")
