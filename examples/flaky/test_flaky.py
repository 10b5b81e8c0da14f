import time

from glupy import EIO, ENOSPC
from glupy.testing import graph, raises


async def test_every_third_write_fails():
    async with graph("flaky", fops="writev", every=3) as g:
        await g.write("/a", b"1")
        await g.write("/a", b"2")
        with raises(EIO):
            await g.write("/a", b"3")
        await g.write("/a", b"4")


async def test_only_the_named_fops_and_paths_fail():
    async with graph("flaky", fops="mkdir", path="*.d", errno="ENOSPC", count=1) as g:
        await g.mkdir("/a")
        with raises(ENOSPC):
            await g.mkdir("/a.d")
        await g.mkdir("/a.d")
        assert len(g.asked("mkdir")) == 2


async def test_the_same_seed_fails_the_same_requests():
    async def drawn():
        async with graph("flaky", fops="mkdir", percent=50, seed=7) as g:
            return [(await g.fop.mkdir(f"/{name}", 0o755)).op_ret for name in range(20)]

    first = await drawn()
    assert first == await drawn() and {0, -1} == set(first)


async def test_a_delay_without_an_errno_only_waits():
    async with graph("flaky", fops="mkdir", errno="none", delay=2) as g:
        began = time.monotonic()
        await g.mkdir("/a")
        assert time.monotonic() - began == 2
