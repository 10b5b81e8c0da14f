"""Test cases of glossa.chunks: chunks, their watches, and locks that stay, of several programs at one server."""

import errno
import gc
import hashlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import glossa
from glossa import Volume
from glossa.chunks import ChunkStore, LockHeldError, WatchEvent, format_chunk_name
from support import STUCK, VOLFILE, WATCH, ChunkCase, VolumeCase, wait_until

PACKAGES = os.path.dirname(os.path.dirname(glossa.__file__))


class Interrupt(Exception):
    """Raised by a signal handler, as KeyboardInterrupt."""


def raise_interrupt(*_):
    raise Interrupt


class Chunks(ChunkCase):
    def test_use(self):
        """a chunk is created, written, read, copied, hashed and removed"""
        store = self.open_store()
        with self.assertRaises(FileNotFoundError) as caught:
            store.open_chunk("a")
        self.assertEqual(caught.exception.filename, "a")
        with store.open_chunk("a", create=True) as chunk:
            self.assertEqual(store.stat("a").st_size, 0)
            self.assertEqual(chunk.write(10, b"data"), 4)
            chunk.write(12, memoryview(b"TA"))
            chunk.clear(0, 4)
            chunk.sync()
            self.assertEqual(chunk.read(8, 100), b"\0\0daTA")
            self.assertEqual(chunk.read(100, 10), b"")
            self.assertEqual(repr(chunk), "<glossa.chunks.Chunk 'a'>")
        store.sync_names()
        self.assertIsInstance(store.stat("a"), os.stat_result)
        self.assertEqual(store.stat("a").st_size, 14)
        store.copy("a", "b")
        content = b"\0" * 10 + b"daTA"
        self.assertEqual(store.hash("b"), hashlib.sha256(content).hexdigest())
        store.unlink("a")
        for call in (store.stat, store.hash, store.unlink, lambda name: store.copy(name, "c")):
            with self.assertRaises(FileNotFoundError):
                call("a")

    def test_exclusive(self):
        """of two exclusive opens at the same time one creates the chunk"""
        store = self.open_store()

        def create(_):
            try:
                store.open_chunk("a", create=True, exclusive=True).close()
                return "created"
            except FileExistsError:
                return "exists"

        with ThreadPoolExecutor(2) as pool:
            self.assertEqual(sorted(pool.map(create, range(2))), ["created", "exists"])

    def test_names(self):
        """a name that is no file of the directory is refused"""
        store = self.open_store()
        for name in ("", ".", "..", ".a", "a/b", "../a", "x" * 256, "ä" * 128):
            for call in (store.open_chunk, store.stat, store.unlink, store.hash, store.watch):
                with self.assertRaises(OSError, msg=name) as caught:
                    call(name)
                self.assertEqual(caught.exception.errno, errno.EINVAL, name)
        with self.assertRaises(ValueError):
            store.stat("a\0b")
        with self.assertRaises(TypeError):
            store.stat(1)
        self.assertEqual(format_chunk_name("volume1", 2), "volume1_0002")

    def test_size(self):
        """a write beyond the size of a chunk fails with EFBIG, and one of several messages is whole"""
        small = self.open_store(chunk_size=1024)
        with small.open_chunk("a", create=True) as chunk:
            with self.assertRaises(OSError) as caught:
                chunk.write(1023, b"ab")
            self.assertEqual(caught.exception.errno, errno.EFBIG)
            chunk.write(1023, b"b")
        store = self.open_store("/large", chunk_size=4 << 20)
        data = os.urandom(3_000_000)
        with store.open_chunk("a", create=True) as chunk:
            self.assertEqual(chunk.write(500, data), len(data))
            self.assertEqual(chunk.read(500, 4 << 20), data)
            self.assertEqual(chunk.read(500, 2_000_000), data[:2_000_000])
        for name, value in (("chunk_size", 0), ("in_flight", 0), ("open_files", -1)):
            with self.assertRaises((ValueError, OverflowError)):
                self.open_store(**{name: value})

    def test_neighbours(self):
        """writes of threads to neighbouring ranges keep each byte"""
        store = self.open_store()
        lengths = [7 * number % 40 + 1 for number in range(24)]
        starts = [511 + sum(lengths[:number]) for number in range(24)]
        with store.open_chunk("a", create=True) as chunk, ThreadPoolExecutor(24) as pool:
            list(pool.map(lambda n: chunk.write(starts[n], bytes([n]) * lengths[n]), range(24)))
            expected = b"".join(bytes([n]) * lengths[n] for n in range(24))
            self.assertEqual(chunk.read(511, 2000), expected)
            self.assertEqual(chunk.read(0, 511), bytes(511))

    def test_parallel(self):
        """64 threads open, write and close 64 chunks"""
        store = self.open_store(in_flight=8)

        def use(index):
            name = format_chunk_name("volume", index)
            with store.open_chunk(name, create=True) as chunk:
                chunk.write(index, name.encode())
            with store.open_chunk(name) as chunk:
                return chunk.read(index, 100) == name.encode()

        with ThreadPoolExecutor(64) as pool:
            self.assertTrue(all(pool.map(use, range(64))))
        self.assertEqual(store.queue()[:2], (0, 0))

    def test_open_files(self):
        """the last files stay open, and none of a removed chunk is used for a new one"""
        store = self.open_store(open_files=3)
        for name in "abcd":
            store.open_chunk(name, create=True).close()
        self.assertEqual(store.queue().open_files, 3)
        with store.open_chunk("d") as old:
            old.write(0, b"old")
            store.unlink("d")
            with store.open_chunk("d", create=True) as fresh:
                self.assertEqual(fresh.read(0, 10), b"")
            self.assertEqual(old.read(0, 10), b"old")

    def test_closed(self):
        """a closed chunk raises ValueError, and closes again; one that is dropped warns"""
        store = self.open_store()
        chunk = store.open_chunk("a", create=True, lock=None)
        chunk.close()
        chunk.close()
        with self.assertRaises(ValueError):
            chunk.read(0, 1)
        chunk = store.open_chunk("a")
        with self.assertWarns(ResourceWarning):
            del chunk
            gc.collect()
        with self.assertRaises(TypeError):
            pickle.dumps(store)
        store.close()
        with self.assertRaises(ValueError):
            store.stat("a")

    def test_identity(self):
        """a store makes chunks of the identity of its volume"""
        self.volume.chmod("/", 0o777)
        alice = self.volume.with_identity(uid=1234, gid=5678)
        with ChunkStore.open(alice, "/alice") as store:
            store.open_chunk("a", create=True).close()
            self.assertEqual(store.stat("a").st_uid, 1234)


class Stuck(ChunkCase):
    """Requests to a storage that never replies to the unlink of a chunk `stuck`."""

    volfile_text = VOLFILE + WATCH + STUCK

    def test_timeout(self):
        """a stuck request ends after its timeout, and another takes its place"""
        store = self.open_store(in_flight=1)
        for name in ("stuck", "free"):
            store.open_chunk(name, create=True).close()
        with self.assertRaises(TimeoutError) as caught:
            store.unlink("stuck", timeout=0.01)
        self.assertEqual((caught.exception.errno, caught.exception.filename), (errno.ETIMEDOUT, "stuck"))
        store.unlink("free")
        for wrong, error in ((-1, ValueError), ("1", TypeError)):
            with self.assertRaises(error):
                store.unlink("free", timeout=wrong)

    def test_queue(self):
        """a request beyond those that may be under way waits, is counted, and can time out"""
        store = self.open_store(in_flight=1)
        for name in ("stuck", "free"):
            store.open_chunk(name, create=True).close()
        with ThreadPoolExecutor(2) as pool:
            stuck = pool.submit(store.unlink, "stuck", timeout=60)
            wait_until(lambda: store.queue().in_flight > 0)
            queued = pool.submit(store.stat, "free")
            wait_until(lambda: store.queue().queued > 0)
            with self.assertRaises(TimeoutError):
                store.stat("free", timeout=0.01)
            self.assertEqual(store.queue()[:2], (1, 1))
            self.assertFalse(queued.done())
            other = self.open_store()
            other.stat("free")
            self.volume.close()
            for future in (stuck, queued):
                self.assertEqual(future.exception().errno, errno.ENOTCONN)

    def test_interrupt(self):
        """the exception of a signal handler cancels a stuck request"""
        store = self.open_store(in_flight=1)
        store.open_chunk("stuck", create=True).close()
        before = signal.signal(signal.SIGUSR1, raise_interrupt)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)

        def interrupt():
            wait_until(lambda: store.queue().in_flight > 0)
            os.kill(os.getpid(), signal.SIGUSR1)

        thread = threading.Thread(target=interrupt)
        with self.assertRaises(Interrupt):
            thread.start()
            store.unlink("stuck")
        thread.join()
        self.assertEqual(store.stat("stuck", timeout=60).st_size, 0)


class Watches(ChunkCase):
    def test_order(self):
        """each watch gets every notice in order; one that begins later gets later ones"""
        store, other = self.open_store(), self.open_other_store()
        store.open_chunk("a", create=True).close()
        with store.watch("a") as first, other.watch("a") as second:
            for text in ("one", "zwei ä"):
                other.notify("a", text)
            with store.watch("a") as late:
                store.notify("a", "three")
                for watch in (first, second):
                    texts = [self.next_notice(watch).text for _ in range(3)]
                    self.assertEqual(texts, ["one", "zwei ä", "three"])
                notice = self.next_notice(late)
        self.assertEqual(notice, WatchEvent("notice", 3, os.getpid(), "three"))
        with self.assertRaises(OSError):
            store.notify("a", "x" * 1025)

    def test_life(self):
        """a watch of an absent chunk reports it from its creation to its removal"""
        store, other = self.open_store(), self.open_other_store()
        events = store.watch("a")
        other.open_chunk("a", create=True).close()
        other.notify("a", "text")
        self.assertEqual(self.next_notice(events).text, "text")
        other.unlink("a")
        kinds = [event.kind for event in events]
        self.assertEqual(kinds[-1], "removed")
        self.assertIsNone(events.read())

    def test_timeout(self):
        """a read of events that times out loses none"""
        store = self.open_store()
        store.open_chunk("a", create=True).close()
        with store.watch("a") as events:
            for text in ("one", "two"):
                with self.assertRaises(TimeoutError):
                    while True:
                        events.read(timeout=0.01)
                store.notify("a", text)
                self.assertEqual(self.next_notice(events).text, text)

    def test_close(self):
        """close in another thread ends the iteration"""
        store = self.open_store()
        events = store.watch("a")
        with ThreadPoolExecutor(1) as pool:
            ended = pool.submit(list, events)
            wait_until(lambda: self.volume._connector.current._waiting)
            events.close()
            self.assertEqual(ended.result(), [])
        self.assertEqual(list(events), [])

    def test_bytes(self):
        """a notice is a text"""
        with self.assertRaises(AttributeError):
            self.open_store().notify("a", b"text")


class NoWatch(VolumeCase):
    def test_advice(self):
        """a watch of a volume without features/watch says what is missing"""
        with ChunkStore.open(self.volume) as store:
            with self.assertRaisesRegex(OSError, "put features/watch at the top of the volfile"):
                store.watch("a")


class Locks(ChunkCase):
    def test_stays(self):
        """a lock stays when it is closed, its store and its connection"""
        other = self.open_other_store()
        lock = other.locks.lock("a", "owner")
        lock.close()
        other.close()
        self.other_volume.close()
        locks = self.open_store().locks
        info = locks.lock_info("a")
        self.assertEqual((info.fence, info.holder.owner, info.holder.expires_at), (1, "owner", None))
        self.assertEqual((info.waiters, info.last_break), ([], None))
        self.assertTrue(locks.unlock("a", "owner"))
        self.assertFalse(locks.unlock("a", "owner"))

    def test_killed(self):
        """a program that is killed keeps its locks, and loses the request that waits"""
        locks = self.open_store().locks
        held = locks.lock("other", "ours")
        program = f"""
import sys
sys.path.insert(0, {PACKAGES!r})
from glossa import Volume
from glossa.chunks import ChunkStore
store = ChunkStore.open(Volume.connect({self.address!r}), {self.directory_name!r})
store.locks.lock("mine", "killed")
store.locks.lock("other", "killed")
"""
        child = subprocess.Popen([sys.executable, "-B", "-c", program])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.await_waiters("other", ["killed"])
        with ThreadPoolExecutor(1) as pool:
            alive = pool.submit(self.open_other_store().locks.lock, "other", "alive")
            self.await_waiters("other", ["killed", "alive"])
            child.kill()
            child.wait()
            held.unlock()
            # If the server has not seen the end of the connection before, the dead program has the lock.
            def is_granted():
                holder = locks.lock_info("other").holder
                if holder is not None and holder.owner == "killed":
                    locks.break_lock("other", "killed", "ours")
                return alive.done()

            wait_until(is_granted)
            self.assertEqual(alive.result().owner, "alive")
        with self.assertRaises(LockHeldError) as caught:
            locks.lock("mine", "ours", wait=False)
        self.assertEqual(caught.exception.holder.owner, "killed")
        self.assertEqual(locks.lock("mine", "killed").fence, 2)

    def test_renew(self):
        """the same owner gets its lock again with a greater fencing number; the former one cannot unlock"""
        locks = self.open_store().locks
        former = locks.lock("a", "owner")
        renewed = self.open_other_store().locks.lock("a", "owner")
        self.assertGreater(renewed.fence, former.fence)
        with self.assertRaises(OSError) as caught:
            former.unlock()
        self.assertEqual(caught.exception.errno, errno.ESTALE)
        self.assertTrue(renewed.unlock())
        with self.assertRaises(ValueError):
            renewed.unlock()

    def test_on_grant(self):
        """a waiting request gets the lock when it is unlocked, and on_grant is called with it"""
        locks = self.open_store().locks
        lock = locks.lock("a", "first")
        granted = []
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(locks.lock, "a", "second", on_grant=granted.append)
            self.await_waiters("a", ["second"])
            self.assertEqual(granted, [])
            self.assertTrue(lock.unlock())
            self.assertIs(waiting.result(), granted[0])

    def test_order(self):
        """waiters get the lock in their order; one that times out is skipped"""
        locks = self.open_store().locks
        lock = locks.lock("a", "holder")
        order, waiters = [], []

        def use(owner):
            try:
                with locks.lock("a", owner, timeout=0.05 if owner == "3" else None):
                    order.append(owner)
            except TimeoutError:
                order.append("timeout")

        with ThreadPoolExecutor(10) as pool:
            for owner in "0123456789":
                waiters = [each for each in waiters if each != "3"] + [owner]
                pool.submit(use, owner)
                if owner == "3":
                    wait_until(lambda: order == ["timeout"])
                else:
                    self.await_waiters("a", waiters)
            lock.unlock()
        self.assertEqual(order, ["timeout", *"012456789"])

    def test_try(self):
        """a request that does not wait names the holder"""
        locks = self.open_store().locks
        locks.lock("a", "the holder")
        with self.assertRaises(LockHeldError) as caught:
            locks.lock("a", "other", wait=False)
        error = pickle.loads(pickle.dumps(caught.exception))
        self.assertIsInstance(error, BlockingIOError)
        self.assertRegex(str(error), "'the holder' has it since 20..-..-.*: 'a'")
        self.assertEqual((error.errno, error.holder.owner), (errno.EAGAIN, "the holder"))

    def test_owners(self):
        """another owner cannot unlock a lock, not even one with a longer or shorter name"""
        locks = self.open_store().locks
        locks.lock("a", "ab")
        for owner in ("abc", "a", "AB"):
            with self.assertRaises(PermissionError):
                locks.unlock("a", owner)
        for name, owner in (("a", ""), ("../a", "owner"), ("a", "x" * 129)):
            with self.assertRaises(OSError) as caught:
                locks.lock(name, owner)
            self.assertEqual(caught.exception.errno, errno.EINVAL)
        with self.assertRaises(TypeError):
            locks.lock("a", None)
        self.assertEqual(locks.lock_info("a").holder.owner, "ab")

    def test_break(self):
        """a lock is broken if the expected owner has it; then the first waiter gets it"""
        locks = self.open_store().locks
        lock = locks.lock("a", "lost")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(locks.lock, "a", "waiter")
            self.await_waiters("a", ["waiter"])
            with self.assertRaises(OSError) as caught:
                locks.break_lock("a", "other", "admin")
            self.assertEqual(caught.exception.errno, errno.ESTALE)
            info = locks.break_lock("a", "lost", "admin")
            self.assertEqual(info.last_break[:3], ("lost", lock.fence, "admin"))
            self.assertEqual(info.holder.owner, "waiter")
            self.assertGreater(waiting.result().fence, lock.fence)
        with self.assertRaises(PermissionError):
            lock.unlock()
        self.assertEqual(locks.lock_info("a").holder.owner, "waiter")

    def test_fenced(self):
        """requests with a lock that was broken fail with ESTALE, and send nothing"""
        store, other = self.open_store(), self.open_other_store()
        lock = store.locks.lock("disk", "ours")
        with store.open_chunk("a", create=True, lock=lock) as chunk:
            chunk.write(0, b"first", lock=lock)
            other.locks.break_lock("disk", "ours", "other")
            with other.locks.lock("disk", "other") as theirs, other.open_chunk("a") as same:
                same.write(0, b"other", lock=theirs)
                with self.assertRaisesRegex(ValueError, "another connection"):
                    chunk.write(0, b"late", lock=theirs)
            for call in (
                lambda: chunk.write(0, b"late", lock=lock),
                lambda: store.unlink("a", lock=lock),
                lambda: store.copy("a", "b", lock=lock),
            ):
                with self.assertRaises(OSError) as caught:
                    call()
                self.assertEqual(caught.exception.errno, errno.ESTALE)
            self.assertEqual(chunk.read(0, 100), b"other")
            lock.close()
            with self.assertRaises(ValueError):
                chunk.write(0, b"late", lock=lock)

    def test_ttl(self):
        """a lock with a ttl is granted to the next owner after it"""
        locks = self.open_store().locks
        locks.lock("a", "first", ttl=0.2)
        self.assertIsNotNone(locks.lock_info("a").holder.expires_at)
        with locks.lock("a", "second", timeout=60) as lock:
            self.assertEqual(lock.owner, "second")
        self.assertIsNone(locks.lock_info("a").holder)

    def test_interrupt(self):
        """the exception of a signal handler ends a wait, which leaves the queue"""
        locks = self.open_store().locks
        locks.lock("a", "holder")
        before = signal.signal(signal.SIGUSR1, raise_interrupt)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)

        def interrupt():
            self.await_waiters("a", ["waiter"])
            os.kill(os.getpid(), signal.SIGUSR1)

        thread = threading.Thread(target=interrupt)
        with self.assertRaises(Interrupt):
            thread.start()
            locks.lock("a", "waiter")
        thread.join()
        self.await_waiters("a", [])

    def test_dropped(self):
        """a lock that is dropped stays, without a warning"""
        locks = self.open_store().locks
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            locks.lock("a", "owner")
            gc.collect()
        self.assertEqual(locks.lock_info("a").holder.owner, "owner")

    def test_many(self):
        """60 threads take a lock one after the other, some of them without a place in its record"""
        locks = self.open_store().locks
        inside, most = [], []

        def use(number):
            with locks.lock("a", f"thread {number}"):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

        with ThreadPoolExecutor(60) as pool:
            list(pool.map(use, range(60)))
        self.assertEqual(most, [1] * 60)
