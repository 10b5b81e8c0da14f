"""Test cases of the chunks of glossa.aio."""

import asyncio
import errno
import gc
import warnings

from glossa import aio
from glossa.chunks import LockHeldError, format_chunk_name
from support import STUCK, VOLFILE, WATCH, ChunkCase


class Asyncio(ChunkCase):
    def run_with_store(self, work, **settings):
        async def run():
            volume = aio.Volume.connect(self.address)
            async with volume, aio.ChunkStore.open(volume, self.directory_name, **settings) as store:
                await work(store)

        asyncio.run(asyncio.wait_for(run(), 120))

    def test_operations(self):
        """chunks have the names, arguments and results of glossa.chunks"""

        async def work(store):
            async with store.open_chunk("a", create=True) as chunk:
                self.assertIsInstance(chunk, aio.Chunk)
                self.assertEqual(await chunk.write(10, b"data"), 4)
                await chunk.clear(0, 4)
                await chunk.sync()
                self.assertEqual(await chunk.read(8, 10), b"\0\0data")
            chunk = await store.open_chunk("a")
            await chunk.close()
            with self.assertRaises(ValueError):
                await chunk.read(0, 1)
            self.assertEqual((await store.stat("a")).st_size, 14)
            await store.copy("a", "b")
            self.assertEqual(await store.hash("a"), await store.hash("b"))
            await store.unlink("a")
            await store.sync_names()
            with self.assertRaises(FileNotFoundError):
                await store.stat("a")
            self.assertEqual((await store.queue()).in_flight, 0)

        self.run_with_store(work)

    def test_parallel(self):
        """2000 tasks use a store that has 16 requests under way"""

        async def work(store):
            async def use(index):
                name = format_chunk_name("volume", index % 50)
                async with store.open_chunk(name, create=True) as chunk:
                    await chunk.write(index, b"x")
                    return await chunk.read(index, 1)

            self.assertEqual(set(await asyncio.gather(*map(use, range(2000)))), {b"x"})

        self.run_with_store(work, in_flight=16)

    def test_watch(self):
        """a watch is an asynchronous iterator, and loses no event of a wait that was cancelled"""

        async def work(store):
            async with store.watch("a") as events:
                async with store.open_chunk("a", create=True):
                    pass
                with self.assertRaises(asyncio.TimeoutError):
                    while True:
                        await asyncio.wait_for(events.read(), 0.05)
                for text in ("one", "two"):
                    await store.notify("a", text)
                waiting = [asyncio.ensure_future(events.read())]
                await asyncio.sleep(0)
                waiting[0].cancel()
                texts = []
                async for event in events:
                    if event.kind == "notice":
                        texts.append(event.text)
                    if len(texts) == 2:
                        break
                self.assertEqual(texts, ["one", "two"])
                await store.unlink("a")
                self.assertEqual([event.kind async for event in events][-1], "removed")

        self.run_with_store(work)

    def test_closed_watch(self):
        """close ends the iteration of another task"""

        async def work(store):
            events = await store.watch("a")

            async def collect():
                return [event async for event in events]

            task = asyncio.ensure_future(collect())
            await asyncio.sleep(0)
            await events.close()
            self.assertEqual(await task, [])

        self.run_with_store(work)

    def test_locks(self):
        """tasks get a lock in the order of their requests; a cancelled one leaves the queue"""

        async def work(store):
            locks = store.locks
            first = await locks.lock("a", "first")
            with self.assertRaises(LockHeldError) as caught:
                await locks.lock("a", "other", wait=False)
            self.assertEqual(caught.exception.holder.owner, "first")
            with self.assertRaises(TimeoutError):
                await locks.lock("a", "other", timeout=0.01)
            order = []

            async def use(owner):
                async with locks.lock("a", owner, on_grant=lambda lock: order.append(lock.owner)):
                    pass

            tasks = []
            for owner in "0123":
                tasks.append(asyncio.ensure_future(use(owner)))
                while len((await locks.lock_info("a")).waiters) <= int(owner):
                    pass
            tasks[1].cancel()
            while len((await locks.lock_info("a")).waiters) > 3:
                pass
            self.assertTrue(await first.unlock())
            results = await asyncio.gather(*tasks, return_exceptions=True)
            self.assertIsInstance(results[1], asyncio.CancelledError)
            self.assertEqual(order, ["0", "2", "3"])
            info = await locks.lock_info("a")
            self.assertEqual((info.holder, info.waiters), (None, []))
            lock = await locks.lock("a", "lost")
            await locks.break_lock("a", "lost", "admin")
            async with store.open_chunk("a", create=True) as chunk:
                with self.assertRaises(OSError) as caught:
                    await chunk.write(0, b"late", lock=lock)
                self.assertEqual(caught.exception.errno, errno.ESTALE)
            self.assertFalse(await locks.unlock("a", "lost"))

        self.run_with_store(work)

    def test_cancelled_grants(self):
        """a lock that is granted to a task which was cancelled meanwhile is given back"""

        async def work(store):
            for turns in range(30):
                request = asyncio.ensure_future(store.locks.lock("a", f"task {turns}"))
                for _ in range(turns):
                    await asyncio.sleep(0)
                request.cancel()
                try:
                    lock = await request
                except asyncio.CancelledError:
                    pass
                else:
                    await lock.unlock()
                async with store.locks.lock("a", "next", timeout=60):
                    pass
            self.assertEqual((await store.locks.lock_info("a")).holder, None)

        self.run_with_store(work)

    def test_waiting(self):
        """40 tasks wait for a lock, and each gets it"""

        async def work(store):
            inside = []

            async def use(number):
                async with store.locks.lock("a", f"task {number}"):
                    inside.append(number)
                    self.assertEqual(len(inside), 1)
                    await asyncio.sleep(0)
                    inside.remove(number)
                return number

            numbers = await asyncio.gather(*map(use, range(40)))
            self.assertEqual(numbers, list(range(40)))

        self.run_with_store(work)

    def test_dropped(self):
        """a chunk that is dropped without close warns; a lock, a watch and a store do not"""

        async def work(store):
            chunk = await store.open_chunk("a", create=True)
            with self.assertWarns(ResourceWarning):
                del chunk
                gc.collect()
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                await store.locks.lock("a", "owner")
                await store.watch("a")
                gc.collect()
            self.assertEqual((await store.locks.lock_info("a")).holder.owner, "owner")

        self.run_with_store(work)


class Stuck(ChunkCase):
    """Requests to a storage that never replies to the unlink of a chunk `stuck`."""

    volfile_text = VOLFILE + WATCH + STUCK

    def test_cancel(self):
        """a task that is cancelled gives the place of its stuck request to another"""

        async def run():
            volume = aio.Volume.connect(self.address)
            async with volume, aio.ChunkStore.open(volume, self.directory_name, in_flight=1) as store:
                async with store.open_chunk("stuck", create=True):
                    pass
                stuck = asyncio.ensure_future(store.unlink("stuck"))
                while (await store.queue()).in_flight == 0:
                    pass
                queued = asyncio.ensure_future(store.unlink("stuck"))
                free = asyncio.ensure_future(store.stat("stuck"))
                while (await store.queue()).queued < 2:
                    pass
                queued.cancel()
                stuck.cancel()
                self.assertEqual((await free).st_size, 0)
                self.assertEqual((await store.queue())[:2], (0, 0))

        asyncio.run(asyncio.wait_for(run(), 120))
