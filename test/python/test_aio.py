"""Test cases of glossa.aio: the operations of Volume as coroutines."""

import asyncio
import errno
import fcntl
import gc
import io
import os
import stat
import warnings

from glossa import aio
from support import COMMAND, VolumeCase


class Asyncio(VolumeCase):
    def run_with_volume(self, work, **settings):
        async def run():
            async with aio.Volume(self.volfile, command=COMMAND, **settings) as volume:
                await work(volume)

        asyncio.run(run())

    def test_operations(self):
        """operations by path have the names and results of Volume"""

        async def work(volume):
            await volume.makedirs(self.at("a/b"))
            await volume.write_text(self.at("a/text"), "grün\n")
            self.assertEqual(await volume.read_text(self.at("a/text")), "grün\n")
            self.assertIsInstance(await volume.stat(self.at("a")), os.stat_result)
            self.assertEqual(sorted(await volume.listdir(self.at("a"))), ["b", "text"])
            self.assertTrue(await volume.isdir(self.at("a/b")))
            self.assertFalse(await volume.exists(self.at("none")))
            with self.assertRaises(FileNotFoundError) as caught:
                await volume.stat(self.at("none"))
            self.assertEqual(caught.exception.filename, self.at("none"))
            with self.assertRaises(TypeError):
                await volume.stat(1.5)
            await volume.copytree(self.at("a"), self.at("copy"))
            await volume.rmtree(self.at("a"))
            self.assertEqual(await volume.listdir(self.top), ["copy"])

        self.run_with_volume(work)

    def test_path(self):
        """a path of the volume has the methods of VolumePath as coroutines and asynchronous iterators"""

        async def work(volume):
            tree = volume.path(self.at("tree"))
            note = tree / "a" / "note.txt"
            self.assertIsInstance(note, aio.VolumePath)
            await note.parent.mkdir(parents=True, exist_ok=True)
            await note.parent.mkdir(exist_ok=True)
            with self.assertRaises(FileExistsError):
                await note.parent.mkdir()
            self.assertEqual(await note.write_text("ä\n"), 2)
            async with note.open("ab") as file:
                await file.write(b"more")
            self.assertEqual(await note.read_bytes(), "ä\nmore".encode())
            self.assertEqual((await note.stat()).st_size, 7)
            self.assertEqual((note.name, note.suffix, note.parent), ("note.txt", ".txt", tree / "a"))
            await (tree / "empty").touch()
            with self.assertRaises(FileExistsError):
                await (tree / "empty").touch(exist_ok=False)
            moved = await (tree / "empty").rename(tree / "a" / "moved")
            self.assertTrue(await moved.is_file() and not await (tree / "empty").exists())
            self.assertEqual({path async for path in (tree / "a").iterdir()}, {note, moved})
            self.assertEqual([str(path) async for path in tree.glob("*/n*")], [str(note)])
            self.assertEqual([path.name async for path in tree.rglob("*.txt")], ["note.txt"])
            self.assertEqual([path async for path in tree.glob("a/none")], [])
            with self.assertRaises(ValueError):
                [path async for path in tree.glob("/a")]
            self.assertEqual([step async for step in tree.walk()][0], (tree, ["a"], []))
            await moved.unlink()
            await moved.unlink(missing_ok=True)
            with self.assertRaises(FileNotFoundError):
                await moved.unlink()
            await (tree / "s").symlink_to("a/note.txt")
            self.assertEqual(await (tree / "s").resolve(), note)
            self.assertEqual(str(await (tree / "s").readlink()), "a/note.txt")
            self.assertTrue(await note.samefile(tree / "s"))
            same = volume.with_identity(uid=0).path(str(note))
            self.assertTrue(note == same and hash(note) == hash(same))
            self.assertNotEqual(note, self.volume.path(str(note)))

        self.run_with_volume(work)

    def test_files(self):
        """open gives files with positions, lines and data of several messages"""
        data = os.urandom(2_500_000)

        async def work(volume):
            async with volume.open(self.at("a"), "wb") as file:
                self.assertEqual(await file.write(data), len(data))
                self.assertEqual(file.tell(), len(data))
            file = await volume.open(self.at("a"))
            self.assertEqual(await file.read(), data)
            self.assertEqual(await file.seek(-5, os.SEEK_END), len(data) - 5)
            target = bytearray(10)
            self.assertEqual(await file.readinto(target), 5)
            self.assertEqual(target[:5], data[-5:])
            self.assertEqual(await file.pread(3, 7), data[7:10])
            await file.close()
            await file.close()
            with self.assertRaises(ValueError):
                await file.read()
            await volume.write_bytes(self.at("lines"), b"one\ntwo\n\nlast")
            async with volume.open(self.at("lines")) as file:
                self.assertEqual(await file.readline(), b"one\n")
                self.assertEqual(file.tell(), 4)
                self.assertEqual([line async for line in file], [b"two\n", b"\n", b"last"])
                with self.assertRaises(io.UnsupportedOperation):
                    await file.write(b"x")
            async with volume.open(self.at("lines"), "ab") as file:
                self.assertEqual(file.tell(), 13)
            with self.assertRaises(ValueError):
                volume.open(self.at("lines"), "r")

        self.run_with_volume(work)

    def test_directories(self):
        """scandir and walk are asynchronous iterators"""

        async def work(volume):
            await volume.makedirs(self.at("a/b"))
            await volume.write_bytes(self.at("a/file"), b"1")
            await volume.symlink("b", self.at("a/link"))
            found = {entry.name: entry async for entry in volume.scandir(self.at("a"))}
            self.assertEqual(sorted(found), ["b", "file", "link"])
            self.assertTrue(await found["link"].is_dir() and await found["link"].is_symlink())
            self.assertEqual((await found["file"].stat()).st_size, 1)
            steps = [(path, sorted(dirs), files) async for path, dirs, files in volume.walk(self.top)]
            self.assertEqual(
                steps,
                [(self.top, ["a"], []), (self.at("a"), ["b", "link"], ["file"]), (self.at("a/b"), [], [])],
            )

        self.run_with_volume(work)

    def test_conditions(self):
        """a condition without its await has the answer that a listing has told, and raises otherwise"""

        async def work(volume):
            await volume.makedirs(self.at("a/b"))
            await volume.write_bytes(self.at("a/file"), b"1")
            await volume.symlink("b", self.at("a/link"))
            found = {entry.name: entry async for entry in volume.scandir(self.at("a"))}
            self.assertEqual([name for name in sorted(found) if found[name].is_symlink()], ["link"])
            kinds = [bool(found[name].is_dir(follow_symlinks=False)) for name in sorted(found)]
            self.assertEqual(kinds, [True, False, False])
            self.assertFalse(found["b"].is_file())
            self.assertTrue(found["file"].is_file())
            for question in (
                found["link"].is_dir(),
                found["link"].is_file(),
                volume.exists(self.at("none")),
                volume.isdir(self.at("none")),
                volume.path(self.at("none")).exists(),
                volume.path(self.at("none")).is_dir(),
            ):
                with self.assertRaisesRegex(TypeError, r"\(\) has to be awaited"):
                    bool(question)
            # Once awaited, the answer is told.
            self.assertTrue(await found["link"].is_dir())
            self.assertTrue(found["link"].is_dir())
            self.assertEqual(
                await asyncio.gather(*(found[name].is_dir() for name in sorted(found))),
                [True, False, True],
            )
            self.assertTrue(await asyncio.create_task(volume.exists(self.at("a"))))

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.run_with_volume(work)

    def test_many(self):
        """many tasks have their requests under way at once, and each gets its own reply"""

        async def work(volume):
            async def one(number):
                data = bytes([number % 256]) * (number * 7919 % 50_000)
                await volume.write_bytes(self.at(str(number)), data)
                return await volume.read_bytes(self.at(str(number))) == data

            self.assertEqual(await asyncio.gather(*map(one, range(200))), [True] * 200)

        self.run_with_volume(work)

    def test_cancel(self):
        """a task that is cancelled cancels its request, and the volume goes on"""

        async def work(volume):
            one = volume.with_identity(lock_owner=b"one")
            two = volume.with_identity(lock_owner=b"two")
            holder = await one.open_raw(self.at("a"), os.O_RDWR | os.O_CREAT)
            waiter = await two.open_raw(self.at("a"), os.O_RDWR)
            await holder.set_lock(fcntl.F_SETLK, fcntl.F_WRLCK, 0, 0)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(waiter.set_lock(fcntl.F_SETLKW, fcntl.F_WRLCK, 0, 0), 0.1)
            await holder.set_lock(fcntl.F_SETLK, fcntl.F_UNLCK, 0, 0)
            found = await holder.set_lock(fcntl.F_GETLK, fcntl.F_WRLCK, 0, 0)
            self.assertEqual(found.type, fcntl.F_UNLCK)
            for _ in range(50):
                task = asyncio.ensure_future(volume.open_raw(self.at("a"), os.O_RDONLY))
                await asyncio.sleep(0)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
            self.assertTrue(await volume.exists(self.at("a")))
            await holder.close()
            await waiter.close()

        self.run_with_volume(work)

    def test_closed_under_calls(self):
        """calls under way at close fail with ENOTCONN, later ones with ValueError"""

        async def work(volume):
            holder = await volume.with_identity(lock_owner=b"1").open_raw(self.at("a"), os.O_RDWR | os.O_CREAT)
            waiter = await volume.with_identity(lock_owner=b"2").open_raw(self.at("a"), os.O_RDWR)
            await holder.set_lock(fcntl.F_SETLK, fcntl.F_WRLCK, 0, 0)
            waiting = asyncio.ensure_future(waiter.set_lock(fcntl.F_SETLKW, fcntl.F_WRLCK, 0, 0))
            await volume.stat("/")
            await volume.close()
            with self.assertRaises(OSError) as caught:
                await waiting
            self.assertEqual(caught.exception.errno, errno.ENOTCONN)
            with self.assertRaises(ValueError):
                await volume.stat("/")
            for file in (holder, waiter):
                with self.assertRaises(OSError):
                    await file.close()

        self.run_with_volume(work)

    def test_reconnect(self):
        """with reconnect the next call starts another server"""

        async def work(volume):
            volume._connector.live()._link.process.kill()
            with self.assertRaises(OSError):
                while True:
                    await volume.stat("/")
            self.assertTrue(stat.S_ISDIR((await volume.stat("/")).st_mode))

        self.run_with_volume(work, reconnect=True)

    def test_identity(self):
        """with_identity makes files of another owner"""

        async def work(volume):
            await volume.chmod(self.top, 0o777)
            await volume.with_identity(uid=1234).mkdir(self.at("a"))
            self.assertEqual((await volume.stat(self.at("a"))).st_uid, 1234)

        self.run_with_volume(work)

    def test_absent_volfile(self):
        """a volfile that is not there raises VolumeError when the volume is entered"""

        async def run():
            async with aio.Volume("/nonexistent.vol", command=COMMAND):
                pass

        with self.assertRaisesRegex(OSError, "nonexistent"):
            asyncio.run(run())

    def test_dropped_volume(self):
        """a volume that is dropped in its event loop warns, and ends its server without a wait for the loop"""

        async def run():
            volume = aio.Volume(self.volfile, command=COMMAND)
            await volume.stat("/")
            process = volume._connector.live()._link.process
            with self.assertWarns(ResourceWarning):
                del volume
                gc.collect()
            self.assertEqual(process.returncode, 0)

        asyncio.run(run())

    def test_closed_while_opening(self):
        """close while a volume opens fails its first call, and leaves no connection"""

        async def run():
            volume = aio.Volume(self.volfile, command=COMMAND)
            first = asyncio.ensure_future(volume.stat("/"))
            await asyncio.sleep(0)
            await volume.close()
            with self.assertRaises(ValueError):
                await first
            self.assertIsNone(volume._connector.live())

        asyncio.run(run())

    def test_cancelled_listings(self):
        """a cancelled listing leaves no open directory at the server"""
        for number in range(1500):
            os.close(os.open(f"{self.directory}{self.at(f'{number:04}-')}{'x' * 100}", os.O_CREAT))

        async def work(volume):
            process = volume._connector.live()._link.process
            await volume.listdir(self.top)
            before = len(os.listdir(f"/proc/{process.pid}/fd"))
            for turns in range(60):
                task = asyncio.ensure_future(volume.listdir(self.top))
                for _ in range(turns % 12):
                    await asyncio.sleep(0.001)
                task.cancel()
                await asyncio.wait([task])
            await volume.listdir(self.top)
            await volume.stat(self.top)
            self.assertEqual(len(os.listdir(f"/proc/{process.pid}/fd")), before)

        self.run_with_volume(work)

    def test_dropped(self):
        """a volume and a file that are dropped warn"""

        async def work(volume):
            with self.assertWarns(ResourceWarning):
                await volume.open_raw(self.at("a"), os.O_RDWR | os.O_CREAT)
                gc.collect()
            await volume.stat(self.at("a"))

        self.run_with_volume(work)
