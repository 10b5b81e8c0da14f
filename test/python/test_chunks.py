"""Test cases of glossa.chunks: chunks and their watches, of several programs at one server."""

import errno
import gc
import hashlib
import os
import pickle
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from glossa.chunks import ChunkStore, WatchEvent, format_chunk_name
from support import STUCK, VOLFILE, WATCH, ChunkCase, Interrupt, VolumeCase, raise_interrupt, wait_until


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
        """a name with a slash or dots is refused"""
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
        """a read of events that times out keeps all events for the next read"""
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
