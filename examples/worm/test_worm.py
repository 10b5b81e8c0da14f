import os

from glupy import EPERM
from glupy.testing import graph, raises


async def test_a_closed_file_cannot_be_changed():
    async with graph("worm") as g:
        async with await g.open("/record", os.O_CREAT | os.O_RDWR) as file:
            await file.write(b"on", 0)
            await file.write(b"ce", 2)
        g.advance(1)
        for change in (
            g.open("/record", os.O_WRONLY),
            g.truncate("/record"),
            g.chmod("/record", 0o600),
            g.rename("/record", "/other"),
            g.link("/record", "/other"),
            g.unlink("/record"),
        ):
            with raises(EPERM):
                await change
        assert await g.read("/record") == b"once"


async def test_a_file_can_be_removed_after_its_retention():
    async with graph("worm", retention=3600) as g:
        await g.write("/record", b"once")
        g.advance(3000)
        with raises(EPERM):
            await g.unlink("/record")
        g.advance(700)
        await g.unlink("/record")


async def test_a_file_can_be_changed_during_its_grace_time():
    async with graph("worm", grace=10) as g:
        await g.write("/record", b"once")
        await g.rename("/record", "/other")
        g.advance(11)
        with raises(EPERM):
            await g.rename("/other", "/record")


async def test_an_empty_directory_can_be_removed():
    async with graph("worm") as g:
        await g.mkdir("/folder")
        g.advance(1)
        with raises(EPERM):
            await g.rename("/folder", "/other")
        await g.rmdir("/folder")
