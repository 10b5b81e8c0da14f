"""Test cases of the receiving end of a connection: streams in pieces, rubbish, and exceptions between any two steps."""

import random
import sys
import unittest
from _thread import allocate_lock

from glossa import _replies, _request
from glossa._operations import LAST_PART, READ, REPLY
from glossa._replies import BUFFER_BYTES, HEADER_BYTES, Replies
from glossa._request import Request

TRACED = (_replies.__file__, _request.__file__)


class Interrupt(Exception):
    """Raised between two steps."""


def encode_reply(number, errno, data):
    return REPLY.pack(LAST_PART | (HEADER_BYTES - 4 + len(data)), number, errno) + data


class Stream:
    """Requests with their replies in one stream, which is received in pieces."""

    def __init__(self, sizes, piece):
        self.replies = Replies()
        self.requests = []
        self.stream = b""
        self.piece = piece
        for number, size in enumerate(sizes, 1):
            data = random.Random(number).randbytes(size)
            into = memoryview(bytearray(size + 1)) if number % 2 else None
            request = Request(READ, (), (), lambda reply: reply, into=into)
            request.number = number
            request.wake = allocate_lock()
            request.wake.acquire()
            self.replies.waiting[number] = request
            self.requests.append((request, into, data))
            self.stream += encode_reply(number, 0, data)
        # Of a caller that has gone.
        self.stream += encode_reply(999, 0, b"unknown")

    def receive_into(self, target):
        part = self.stream[: min(self.piece, len(target))]
        self.stream = self.stream[len(part) :]
        target[: len(part)] = part
        return len(part)

    def run(self):
        while self.replies.waiting:
            self.replies.receive(self.receive_into)

    def check(self, test):
        for request, into, data in self.requests:
            test.assertFalse(request.wake.locked())
            test.assertEqual(request.reply, data if into is None else len(data))
            if into is not None:
                test.assertEqual(into[: len(data)], data)
        test.assertEqual(self.replies.waiting, {})


class Receiving(unittest.TestCase):
    def test_pieces(self):
        """replies are the same for each size of the pieces in which they come"""
        sizes = (0, 1, 100, BUFFER_BYTES - 24, BUFFER_BYTES, 40_000, 40_001, 3, 5000, 5001, 5002)
        for piece in (1, 2, 11, 12, 13, 1000, BUFFER_BYTES - 1, BUFFER_BYTES, 1_000_000):
            stream = Stream(sizes, piece)
            stream.run()
            stream.check(self)

    def test_rubbish(self):
        """bytes that are no replies raise ConnectionError, or leave the requests waiting"""
        for seed in range(500):
            source = random.Random(seed)
            stream = Stream((10, 10), 1000)
            rubbish = bytearray(stream.stream)
            for _ in range(source.randrange(1, 8)):
                rubbish[source.randrange(len(rubbish))] = source.randrange(256)
            stream.stream = bytes(rubbish)
            try:
                while stream.stream and stream.replies.receive(stream.receive_into):
                    pass
            except ConnectionError:
                pass

    def test_exceptions(self):
        """an exception before any instruction of the receiving code loses no reply"""
        for sizes, piece in (((5, 6), 1000), ((5, 6), 7), ((20_000, 30_000, 4), 9000)):
            # Python 3.12.1 reports the single instructions only of code that has been traced before.
            self.run_interrupted(Stream(sizes, piece), sys.maxsize)
            step = 0
            while self.run_interrupted(Stream(sizes, piece), step):
                step += 1
            self.assertGreater(step, 50)

    def run_interrupted(self, stream, step):
        """Whether the run had so many instructions."""
        left = step

        def trace(frame, event, _):
            nonlocal left
            if frame.f_code.co_filename not in TRACED:
                return None
            frame.f_trace_opcodes = True
            if event == "opcode":
                left -= 1
                if left < 0:
                    raise Interrupt
            return trace

        sys.settrace(trace)
        try:
            stream.run()
        except Interrupt:
            pass
        finally:
            sys.settrace(None)
        stream.run()
        stream.check(self)
        return left < 0
