"""The types of the package's interface, which pyright checks; it is not run."""

import io
import os
from collections.abc import Sequence
from typing import Any, Optional

from glossa import DirEntry, File, Volume, VolumePath, aio, chunks
from typing_extensions import assert_type


def check_volume(volume: Volume) -> None:
    assert_type(volume.stat("/a", follow_symlinks=False), os.stat_result)
    assert_type(volume.exists(b"/a"), bool)
    assert_type(volume.read_bytes("/a"), bytes)
    assert_type(volume.open("/a"), io.TextIOWrapper)
    assert_type(volume.open("/a", "w", encoding="ascii"), io.TextIOWrapper)
    assert_type(volume.open("/a", "rb"), io.BufferedReader)
    assert_type(volume.open("/a", "wb"), io.BufferedWriter)
    assert_type(volume.open("/a", "r+b"), io.BufferedRandom)
    assert_type(volume.open("/a", "rb", 0), File)
    assert_type(volume.open_raw("/a", os.O_RDONLY).pread(1, 2), bytes)
    assert_type(volume.getxattr("/a", "user.b"), bytes)
    assert_type(volume.statvfs("/"), os.statvfs_result)
    assert_type(volume.path("/a") / "b", VolumePath)
    assert_type(volume.path("/a").parents, Sequence[VolumePath])
    assert_type(volume.with_identity(uid=1), Volume)
    assert_type(volume.path("/a").read_text(), str)
    for path in volume.path("/").glob("*"):
        assert_type(path, VolumePath)
    for entry in volume.scandir("/"):
        assert_type(entry, DirEntry[Any])
        assert_type(entry.is_dir(follow_symlinks=False), bool)
    with volume as same:
        assert_type(same, Volume)


def check_chunks(volume: Volume) -> None:
    with chunks.ChunkStore.open(volume, "/chunks", in_flight=8) as store:
        assert_type(store, chunks.ChunkStore)
        with store.locks.lock("a", "owner", ttl=1.5, wait=False) as lock:
            assert_type(lock, chunks.HeldLock)
            with store.open_chunk("a", create=True, lock=lock) as chunk:
                assert_type(chunk.write(0, b"data", lock=lock, timeout=1), int)
                assert_type(chunk.read(0, 4), bytes)
        assert_type(store.stat("a"), os.stat_result)
        assert_type(store.hash("a"), str)
        assert_type(store.queue().in_flight, int)
        assert_type(store.locks.unlock("a", "owner"), bool)
        assert_type(store.locks.lock_info("a").holder, Optional[chunks.LockHolder])
        for event in store.watch("a"):
            assert_type(event, chunks.WatchEvent)
            assert_type(event.text, Optional[str])


async def check_aio(volume: aio.Volume) -> None:
    assert_type(await volume.stat("/a", follow_symlinks=False), os.stat_result)
    assert_type(await volume.read_text("/a", encoding="ascii"), str)
    async with volume.open("/a") as file:
        assert_type(file, aio.File)
        assert_type(await file.pread(1, 2), bytes)
    assert_type(volume.path("/a") / "b", aio.VolumePath)
    assert_type(await volume.path("/a").read_text(), str)
    async for path in volume.path("/").glob("*"):
        assert_type(path, aio.VolumePath)
    async for entry in volume.scandir("/"):
        assert_type(await entry.is_dir(), bool)


async def check_aio_chunks(volume: aio.Volume) -> None:
    async with aio.ChunkStore.open(volume) as store:
        assert_type(store, aio.ChunkStore)
        lock = await store.locks.lock("a", "owner")
        assert_type(lock, aio.HeldLock)
        async with store.open_chunk("a", create=True) as chunk:
            assert_type(chunk, aio.Chunk)
            assert_type(await chunk.read(0, 4, lock=lock), bytes)
        assert_type(await store.stat("a"), os.stat_result)
        assert_type(await store.locks.lock_info("a"), chunks.LockInfo)
        async for event in await store.watch("a"):
            assert_type(event, chunks.WatchEvent)
