"""Makes calls on files and times them, with `os`, `glossa` or `glossa.aio`.

    caller.py os DIRECTORY
    caller.py glossa VOLFILE DIRECTORY
    caller.py aio VOLFILE DIRECTORY

Its orders and lines are those of `caller.c`: `stat COUNT`, and `flight COUNT`: in 64 threads, or with 64 tasks
of asyncio.
"""
import asyncio
import json
import os
import sys
import threading
import time

NAMES = 100
FILE_SIZE = 4096
IN_FLIGHT = 64
WRONG_REPLIES = 3
now = time.perf_counter_ns


def report(count, wrong, nanoseconds, times=()):
    if wrong:
        print(f"caller.py: {wrong} of {count} replies were wrong", file=sys.stderr, flush=True)
        os._exit(WRONG_REPLIES)
    mean = nanoseconds / count
    times = sorted(times) or [mean]
    p50, p99 = (times[len(times) * part // 100] for part in (50, 99))
    print(json.dumps({"mean": mean / 1e3, "p50": p50 / 1e3, "p99": p99 / 1e3}), flush=True)


def read_orders():
    for line in sys.stdin:
        order, count = line.split()
        yield order, int(count)


# -- calls that wait ---------------------------------------------------------------------------------


def call_in_turn(stat, paths, count):
    times, wrong = [0] * count, 0
    first = now()
    for at in range(count):
        begin = now()
        size = stat(paths[at % NAMES]).st_size
        times[at] = now() - begin
        wrong += size != FILE_SIZE
    report(count, wrong, now() - first, times)


def call_in_threads(stat, paths, count):
    share, wrong = count // IN_FLIGHT, []
    barrier = threading.Barrier(IN_FLIGHT + 1)

    def call(first):
        barrier.wait()
        for at in range(first, first + share):
            if stat(paths[at % NAMES]).st_size != FILE_SIZE:
                wrong.append(at)
        barrier.wait()

    threads = [threading.Thread(target=call, args=(first,)) for first in range(IN_FLIGHT)]
    for thread in threads:
        thread.start()
    barrier.wait()
    begin = now()
    barrier.wait()
    report(share * IN_FLIGHT, len(wrong), now() - begin)
    for thread in threads:
        thread.join()


def obey(stat, paths):
    print("ready", flush=True)
    for order, count in read_orders():
        (call_in_threads if order == "flight" else call_in_turn)(stat, paths, count)


# -- asyncio -----------------------------------------------------------------------------------------


async def await_in_turn(stat, paths, count):
    times, wrong = [0] * count, 0
    first = now()
    for at in range(count):
        begin = now()
        size = (await stat(paths[at % NAMES])).st_size
        times[at] = now() - begin
        wrong += size != FILE_SIZE
    report(count, wrong, now() - first, times)


async def await_in_tasks(stat, paths, count):
    numbers = iter(range(count))

    async def keep_calling():
        wrong = 0
        for at in numbers:
            wrong += (await stat(paths[at % NAMES])).st_size != FILE_SIZE
        return wrong

    begin = now()
    wrong = await asyncio.gather(*(keep_calling() for _ in range(IN_FLIGHT)))
    report(count, sum(wrong), now() - begin)


async def obey_async(volfile, paths):
    from glossa import aio

    async with aio.Volume(volfile) as volume:
        print("ready", flush=True)
        for order, count in read_orders():
            await (await_in_tasks if order == "flight" else await_in_turn)(volume.stat, paths, count)


# -- the files ---------------------------------------------------------------------------------------


def make_files(volume, opener, directory, paths):
    """Makes the files by `os`, or by a Volume, which has its names."""
    volume.makedirs(directory, exist_ok=True)
    for path in paths:
        with opener(path, "wb") as file:
            file.write(b"x" * FILE_SIZE)


def main(kind, source, directory="."):
    paths = [f"{directory}/name-{at}" for at in range(NAMES)]
    if kind == "os":
        os.makedirs(source, exist_ok=True)
        # Relative names, so that the kernel looks up the last alone.
        os.chdir(source)
        make_files(os, open, directory, paths)
        obey(os.stat, paths)
        return
    from glossa import Volume

    with Volume(source) as volume:
        make_files(volume, volume.open, directory, paths)
        if kind == "glossa":
            obey(volume.stat, paths)
            return
    asyncio.run(obey_async(source, paths))


main(*sys.argv[1:])
