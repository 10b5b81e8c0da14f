"""Makes calls on files and times them, with `os` or with `glossa`.

    caller.py os DIRECTORY
    caller.py glossa VOLFILE DIRECTORY

Its orders and lines are those of `caller.c`; `flight` calls in 64 threads, and `aio` keeps 64 calls of
`glossa.aio` under way. The files are there: another caller has made them, or this one makes them.
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


def report(mean, times=()):
    times = sorted(times) or [mean]
    p50, p99 = (times[len(times) * part // 100] for part in (50, 99))
    print(json.dumps({"mean": mean / 1e3, "p50": p50 / 1e3, "p99": p99 / 1e3}), flush=True)


def call_in_turn(stat, paths, count):
    now = time.perf_counter_ns
    times, wrong = [0] * count, 0
    first = now()
    for at in range(count):
        begin = now()
        size = stat(paths[at % NAMES]).st_size
        times[at] = now() - begin
        wrong += size != FILE_SIZE
    report((now() - first) / count, times)
    return wrong


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
    begin = time.perf_counter_ns()
    barrier.wait()
    report((time.perf_counter_ns() - begin) / (share * IN_FLIGHT))
    for thread in threads:
        thread.join()
    return len(wrong)


async def call_async(volfile, paths, orders):
    """Obeys all orders in one event loop; `orders` yields counts."""
    from glossa import aio

    async with await aio.Volume.open(volfile) as volume:
        for count in orders:
            wrong = 0
            numbers = iter(range(count))

            async def keep_calling():
                nonlocal wrong
                for at in numbers:
                    wrong += (await volume.stat(paths[at % NAMES])).st_size != FILE_SIZE

            begin = time.perf_counter_ns()
            await asyncio.gather(*(keep_calling() for _ in range(IN_FLIGHT)))
            report((time.perf_counter_ns() - begin) / count)
            refuse_if(wrong, count)


def refuse_if(wrong, count):
    if wrong:
        sys.exit_status = WRONG_REPLIES
        print(f"caller.py: {wrong} of {count} replies were wrong", file=sys.stderr)
        os._exit(WRONG_REPLIES)


def make_files(volume, directory, paths):
    volume.makedirs(directory, exist_ok=True)
    for path in paths:
        if not volume.exists(path):
            with volume.open(path, "wb") as file:
                file.write(b"x" * FILE_SIZE)


def main(kind, source, directory=None):
    if kind == "os":
        os.makedirs(source, exist_ok=True)
        os.chdir(source)
        directory = "."
    paths = [f"{directory}/name-{at}" for at in range(NAMES)]
    if kind == "aio":
        print("ready", flush=True)
        asyncio.run(call_async(source, paths, (int(line.split()[1]) for line in sys.stdin)))
        return
    if kind == "os":
        for path in paths:
            if not os.path.exists(path):
                with open(path, "wb") as file:
                    file.write(b"x" * FILE_SIZE)
        stat = os.stat
    else:
        from glossa import Volume

        volume = Volume.open(source)
        make_files(volume, directory, paths)
        stat = volume.stat
    print("ready", flush=True)
    for line in sys.stdin:
        order, count = line.split()
        call = call_in_threads if order == "flight" else call_in_turn
        refuse_if(call(stat, paths, int(count)), count)


main(*sys.argv[1:])
