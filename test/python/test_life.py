"""Test cases of the life of a volume: opening, threads, signals, fork, the end of the server, and closing."""

import asyncio
import errno
import fcntl
import gc
import os
import pickle
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import warnings

import glossa
from glossa import Volume, VolumeError, aio
from glossa._connector import connectors
from glossa._ranges import Range, read_ranges
from support import COMMAND, Interrupt, VolumeCase, raise_interrupt


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def count_objects(*classes):
    return sum(isinstance(each, classes) for each in gc.get_objects())


class Opening(VolumeCase):
    def test_absent_volfile(self):
        """a volfile that is not there raises VolumeError with the server's message"""
        with self.assertRaisesRegex(VolumeError, "none.vol"):
            Volume(os.path.join(self.folder.name, "none.vol"), command=COMMAND)

    def find_command(self, package, **environ):
        """Prints the command that a package finds in an environment without PATH, or the error."""
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); from glossa import _server\n"
            "try: print(*_server.find_command(None))\nexcept FileNotFoundError as error: print(error)"
        )
        run = subprocess.run(
            [sys.executable, "-c", code, package],
            env={"PATH": "/nonexistent", **environ},
            cwd="/",
            capture_output=True,
            text=True,
        )
        self.assertEqual(run.stderr, "")
        return run.stdout.strip()

    def copy_package(self, *folders):
        """Copies the package to a folder below the test's own, and returns its path."""
        package = os.path.join(self.folder.name, *folders)
        shutil.copytree(os.path.dirname(glossa.__file__), os.path.join(package, "glossa"))
        return package

    def test_absent_command(self):
        """a command that is not found raises an error with all places that were searched"""
        message = self.find_command(self.copy_package("lib", "site-packages"))
        for place in ("GLOSSA", "/nonexistent", "/node_modules/.bin/glossa", "command="):
            self.assertIn(place, message)

    def test_command_of_checkout(self):
        """a package in a checkout finds the checkout's command, names npm ci until it is built, and prefers $GLOSSA"""
        package = self.copy_package("it's a checkout", "python")
        checkout = os.path.dirname(package)
        with open(os.path.join(checkout, "package.json"), "w"):
            pass
        self.assertIn(f"cd {shlex.quote(checkout)} && npm ci", self.find_command(package))
        command = os.path.join(checkout, "dist/cli/main.cjs")
        os.makedirs(os.path.dirname(command))
        with open(command, "w"):
            pass
        self.assertIn("npm ci", self.find_command(package), "half a build")
        os.chmod(command, 0o755)
        self.assertEqual(self.find_command(package), command)
        self.assertEqual(self.find_command(package, GLOSSA="/other"), "/other")

    def test_absent_socket(self):
        """connect to a socket that is not there raises FileNotFoundError with its path"""
        with self.assertRaises(FileNotFoundError) as caught:
            Volume.connect("/nonexistent/socket")
        self.assertEqual(caught.exception.filename, "/nonexistent/socket")

    def test_arguments(self):
        """a volume needs a volfile, or host and volname"""
        for arguments in ({}, {"host": "a"}, {"volname": "a"}, {"volfile": "a", "host": "b"}):
            with self.assertRaises(TypeError):
                Volume(**arguments, command=COMMAND)

    def test_closed(self):
        """a closed volume raises ValueError, closes again, and its files fail"""
        volume = self.open_volume()
        file = volume.open(self.at("a"), "wb", buffering=0)
        volume.close()
        volume.close()
        self.assertTrue(volume.closed)
        with self.assertRaises(ValueError):
            volume.stat("/")
        with self.assertRaises(OSError) as caught:
            file.write(b"x")
        self.assertEqual(caught.exception.errno, errno.ENOTCONN)
        with self.assertRaises(OSError):
            file.close()
        self.assertTrue(file.closed)

    def test_descriptors(self):
        """volumes that are opened and closed leave no descriptor and no process"""
        before = descriptors()
        for _ in range(3):
            with self.open_volume() as volume:
                volume.stat("/")
        with self.assertRaises(VolumeError):
            Volume("/nonexistent.vol", command=COMMAND)
        gc.collect()
        self.assertEqual(descriptors(), before)

    def test_dropped(self):
        """a volume that is dropped without close warns, and ends its server"""
        volume = self.open_volume()
        process = volume._connector.live()._link.process
        with self.assertWarns(ResourceWarning):
            del volume
            gc.collect()
        self.assertIsNotNone(process.poll())

    def test_pickle(self):
        """a volume is pickled as its arguments, and the copy connects by itself"""
        self.volume.write_bytes(self.at("a"), b"same")
        copy = pickle.loads(pickle.dumps(self.volume))
        with copy:
            self.assertEqual(copy.read_bytes(self.at("a")), b"same")
        self.assertEqual(self.volume.read_bytes(self.at("a")), b"same")

    def test_identity(self):
        """with_identity makes files of another owner, over the same connection"""
        self.volume.chmod(self.top, 0o777)
        alice = self.volume.with_identity(uid=1234, gid=5678, groups=[27], umask=0o027)
        with alice:
            alice.mkdir(self.at("a"))
        found = self.volume.stat(self.at("a"))
        self.assertEqual((found.st_uid, found.st_gid, found.st_mode & 0o777), (1234, 5678, 0o750))
        for wrong, error in (({"uid": "1"}, TypeError), ({"gid": -2}, ValueError), ({"groups": [""]}, TypeError)):
            with self.assertRaises(error):
                self.volume.with_identity(**wrong)


class Servers(VolumeCase):
    """A server that runs at a socket."""

    def start(self):
        path = os.path.join(self.folder.name, f"{self._testMethodName}.socket")
        line = [*COMMAND, "api", self.volfile, "--socket", path, "-N", "--log-file", os.devnull]
        process = subprocess.Popen(line, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()
        return path, process

    def test_connect(self):
        """several programs connect to one server, which outlives them"""
        path, process = self.start()
        with Volume.connect(path) as one, Volume.connect(path) as two:
            one.write_bytes(self.at("a"), b"shared")
            self.assertEqual(two.read_bytes(self.at("a")), b"shared")
        self.assertIsNone(process.poll())

    def test_many_connections(self):
        """1000 connections with an open file each leave descriptors and memory where they were"""
        path, process = self.start()
        sizes = []
        self.volume.write_bytes(self.at("a"), b"")
        served = f"/proc/{process.pid}/fd"
        for _ in range(2):
            for _ in range(500):
                with Volume.connect(path) as volume:
                    file = volume.open(self.at("a"), "rb")
                with self.assertRaises(OSError):
                    file.close()
            gc.collect()
            with Volume.connect(path) as volume:
                volume.stat("/")
                sizes.append((descriptors(), len(os.listdir(served)), count_objects(Volume, glossa.File)))
        self.assertEqual(sizes[0], sizes[1])

    def test_server_dies(self):
        """calls fail with ENOTCONN after the end of the server"""
        path, process = self.start()
        with Volume.connect(path) as volume:
            file = volume.open(self.at("a"), "wb", buffering=0)
            process.kill()
            process.wait()
            for call in (lambda: volume.stat("/"), lambda: file.write(b"x"), lambda: volume.exists("/")):
                with self.assertRaises(OSError) as caught:
                    call()
                self.assertEqual(caught.exception.errno, errno.ENOTCONN)
            with self.assertRaises(OSError):
                file.close()

    def test_server_dies_under_calls(self):
        """calls of threads that are under way at the end of the server each fail once"""
        path, process = self.start()
        with Volume.connect(path) as volume:
            errors = []

            def call():
                try:
                    while True:
                        volume.stat("/")
                except OSError as error:
                    errors.append(error.errno)

            threads = [threading.Thread(target=call) for _ in range(8)]
            for thread in threads:
                thread.start()
            volume.stat("/")
            process.kill()
            for thread in threads:
                thread.join()
            self.assertEqual(errors, [errno.ENOTCONN] * 8)

    def test_reconnect(self):
        """with reconnect the next call starts another server, and files of the former one fail"""
        with self.open_volume(reconnect=True) as volume:
            file = volume.open(self.at("a"), "wb", buffering=0)
            volume._connector.live()._link.process.kill()
            with self.assertRaises(OSError) as caught:
                while True:
                    file.write(b"x")
            self.assertEqual(caught.exception.errno, errno.ENOTCONN)
            self.assertTrue(volume.isdir(self.top))
            with self.assertRaises(OSError):
                file.close()

    def test_rubbish(self):
        """a socket that does not speak the protocol raises VolumeError"""
        for reply in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", struct.pack(">I", 0x8000000C) + b"glossa\0\1nul\n"):
            path = os.path.join(self.folder.name, "rubbish")
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path)
                listener.listen()

                def serve():
                    peer, _ = listener.accept()
                    with peer:
                        peer.sendall(reply)
                        peer.recv(1000)

                thread = threading.Thread(target=serve)
                thread.start()
                with self.assertRaises(VolumeError):
                    Volume.connect(path)
                thread.join()
            os.unlink(path)

    def test_other_version(self):
        """a server of another version raises an error that names both versions"""
        path = os.path.join(self.folder.name, "version")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()

            def serve():
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(struct.pack(">I", 0x8000000A) + b"glossa\0\xff{}")
                    peer.recv(1000)

            thread = threading.Thread(target=serve)
            thread.start()
            with self.assertRaisesRegex(VolumeError, r"version 255 .* version \d"):
                Volume.connect(path)
            thread.join()


class Threads(VolumeCase):
    def test_threads(self):
        """threads read and write at once over one connection, each its own data"""
        wrong = []

        def work(number):
            data = bytes([number]) * (number * 7919 % 300_000 + 1)
            for turn in range(5):
                path = self.at(f"{number}-{turn}")
                self.volume.write_bytes(path, data)
                if self.volume.read_bytes(path) != data or self.volume.getsize(path) != len(data):
                    wrong.append(path)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(len(self.volume.listdir(self.top)), 80)

    def test_close_under_calls(self):
        """close ends a call of another thread, which fails with ENOTCONN"""
        volume = self.open_volume()
        holder = volume.with_identity(lock_owner=b"holder").open_raw(self.at("a"), os.O_RDWR | os.O_CREAT)
        waiter = volume.with_identity(lock_owner=b"waiter").open_raw(self.at("a"), os.O_RDWR)
        holder.set_lock(fcntl.F_SETLK, fcntl.F_WRLCK, 0, 0)
        errors = []

        def wait():
            try:
                waiter.set_lock(fcntl.F_SETLKW, fcntl.F_WRLCK, 0, 0)
            except OSError as error:
                errors.append(error.errno)

        thread = threading.Thread(target=wait)
        thread.start()
        # The request of the lock leaves before those that follow.
        while not volume._connector.current._waiting:
            pass
        volume.stat("/")
        volume.close()
        thread.join()
        self.assertEqual(errors, [errno.ENOTCONN])
        for file in (holder, waiter):
            with self.assertRaises(OSError):
                file.close()

    def test_fork(self):
        """a child has a connection of its own, and files of the parent fail in it"""
        self.volume.write_bytes(self.at("a"), b"parent")
        file = self.volume.open(self.at("a"), "rb", buffering=0)
        end, start = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                try:
                    file.read(1)
                except OSError as error:
                    own = self.volume.read_bytes(self.at("a"))
                    os.write(start, f"{error.errno} {error} {own}".encode())
                    self.volume.close()
                    status = 0
            finally:
                os._exit(status)
        os.close(start)
        with open(end, "rb") as pipe:
            text = pipe.read().decode()
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertRegex(text, f"{errno.ENOTCONN} .*belongs to the parent.* b'parent'")
        self.assertEqual(file.read(), b"parent")
        file.close()

    def test_fork_after_another_volume(self):
        """a child connects anew though its parent has closed a volume of asyncio before"""

        async def use():
            async with aio.Volume(self.volfile, command=COMMAND) as volume:
                await volume.stat("/")
                return volume

        closed = asyncio.run(use())
        child = os.fork()
        if child == 0:
            is_new = all(each.current is None for each in list(connectors))
            os._exit(0 if is_new and self.volume.isdir(self.top) else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(closed.closed)

    def test_fork_with_threads(self):
        """a fork while other threads call leaves both processes able to go on"""
        stop = threading.Event()

        def call():
            while not stop.is_set():
                self.volume.stat("/")

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            child = os.fork()
            if child == 0:
                os._exit(0 if self.volume.isdir(self.top) else 1)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertTrue(self.volume.isdir(self.top))


class Signals(VolumeCase):
    def setUp(self):
        super().setUp()
        previous = signal.signal(signal.SIGALRM, raise_interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, previous)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        # Python prints an exception that comes while it frees a file, and goes on.
        report = sys.unraisablehook
        sys.unraisablehook = lambda told: told.exc_type is Interrupt or report(told)

    def test_waiting(self):
        """an exception in a call that waits ends the call, and the connection goes on"""
        holder = self.volume.with_identity(lock_owner=b"holder").open_raw(self.at("a"), os.O_RDWR | os.O_CREAT)
        waiter = self.volume.with_identity(lock_owner=b"waiter").open_raw(self.at("a"), os.O_RDWR)
        with holder, waiter:
            holder.set_lock(fcntl.F_SETLK, fcntl.F_WRLCK, 0, 0)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with self.assertRaises(Interrupt):
                waiter.set_lock(fcntl.F_SETLKW, fcntl.F_WRLCK, 0, 0)
            holder.set_lock(fcntl.F_SETLK, fcntl.F_UNLCK, 0, 0)
            # The cancelled request has not taken the lock.
            found = holder.set_lock(fcntl.F_GETLK, fcntl.F_WRLCK, 0, 0)
            self.assertEqual(found.type, fcntl.F_UNLCK)

    def test_anywhere(self):
        """exceptions at any point of 300 calls leave the connection in order"""
        data = os.urandom(200_000)
        self.volume.write_bytes(self.at("a"), data)
        # An exception may part an open from the variable for its file.
        caught = warnings.catch_warnings()
        caught.__enter__()
        self.addCleanup(caught.__exit__)
        warnings.simplefilter("ignore", ResourceWarning)
        for number in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0002 + number % 50 * 0.00005)
                if number % 4 == 0:
                    self.volume.open_raw(self.at("a"), os.O_RDONLY).close()
                elif number % 4 == 1:
                    self.volume.stat(self.at("a"))
                elif number % 4 == 2:
                    read_ranges(self.volume, [Range(self.at("a"), start, start + 4096) for start in range(100)])
                else:
                    self.volume.read_bytes(self.at("a"))
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Interrupt:
                pass
            self.assertEqual(self.volume.read_bytes(self.at("a")), data)
        self.assertEqual(self.volume.getsize(self.at("a")), len(data))

    def test_other_threads(self):
        """an exception in the thread that reads the socket leaves the calls of others under way"""
        stop = threading.Event()
        failed = []

        def call():
            try:
                while not stop.is_set():
                    self.volume.stat("/")
            except OSError as error:
                failed.append(error)

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            signal.setitimer(signal.ITIMER_REAL, 0.003)
            try:
                while True:
                    self.volume.stat("/")
            except Interrupt:
                pass
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failed, [])

    def test_handler_without_exception(self):
        """a handler that returns lets the call go on"""
        signal.signal(signal.SIGALRM, lambda *_: None)
        data = os.urandom(3_000_000)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        self.volume.write_bytes(self.at("a"), data)
        self.assertEqual(self.volume.read_bytes(self.at("a")), data)
