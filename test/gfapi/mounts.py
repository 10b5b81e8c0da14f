"""Mounts and unmounts a volume of gluster.gfapi 1,000 times, and prints the resources of the process before and after.

mounts.py SOCKET: the socket of `glossa api` that serves all mounts
"""
import gc
import json
import os
import sys

from gluster.gfapi import File, Volume

MOUNTS = 1000
# Mounts after which modules are loaded and memory has its size.
WARM_UP_MOUNTS = 50
RELAY = os.path.join(os.path.dirname(__file__), "relay.py")


def make_volume():
    return Volume(volfile="relayed.vol", command=[sys.executable, "-IS", RELAY, sys.argv[1]])


def use(volume, number):
    volume.mount()
    try:
        path = f"/{number % 10}"
        with File(volume.open(path, os.O_CREAT | os.O_RDWR, 0o644)) as file:
            file.write(b"x")
        if volume.getsize(path) != 1 or path[1:] not in volume.listdir("/"):
            raise AssertionError(f"mount {number} has another volume")
        # The volume closes it.
        volume.open(path, os.O_RDONLY)
    finally:
        volume.umount()


def measure():
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    with open("/proc/thread-self/children", encoding="ascii") as file:
        children = len(file.read().split())
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "children": children,
        "memoryBytes": pages * os.sysconf("SC_PAGESIZE"),
    }


volume = make_volume()
for number in range(WARM_UP_MOUNTS):
    use(volume, number)
before = measure()
for number in range(MOUNTS):
    use(make_volume() if number % 2 else volume, number)
print(json.dumps({"before": before, "after": measure()}))
