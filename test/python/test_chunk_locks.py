"""Test cases of the locks of glossa.chunks, of several programs at one server."""

import errno
import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import glossa
from glossa.chunks import LockHeldError
from support import ChunkCase, Interrupt, raise_interrupt, wait_until

PACKAGES = os.path.dirname(os.path.dirname(glossa.__file__))


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
        self.assertRegex(str(error), "'the holder' has it since 20..-..-.*; if it never comes back: break_lock: 'a'")
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
