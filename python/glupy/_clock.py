"""Makes Python's clocks follow a test's clock.

`time.time`, `monotonic`, `perf_counter` and `process_time` (and their `_ns` forms) follow, and
`datetime.now` where `datetime` is imported from its module later. `time.sleep` is refused, as the
clock would not advance.
"""

import datetime
import time

import _host

# The date on which every test begins.
_EPOCH = 1_767_225_600  # 2026-01-01 00:00:00 UTC


def monotonic():
    return _host.now() / 1e6


def monotonic_ns():
    return _host.now() * 1000


def wall():
    return _EPOCH + monotonic()


def wall_ns():
    return _EPOCH * 10**9 + monotonic_ns()


def sleep(seconds):
    raise RuntimeError("time.sleep would stop the whole volume: use self.timer or asyncio.sleep")


class _DateTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(wall(), tz)

    @classmethod
    def utcnow(cls):
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)


def install():
    time.monotonic = time.perf_counter = time.process_time = monotonic
    time.monotonic_ns = time.perf_counter_ns = time.process_time_ns = monotonic_ns
    time.time, time.time_ns = wall, wall_ns
    time.sleep = sleep
    datetime.datetime = _DateTime
