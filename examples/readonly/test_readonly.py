import os

from glupy import EROFS
from glupy.testing import graph, raises


async def test_files_can_be_read():
    async with graph("readonly") as g:
        await g.child.mkdir("/folder")
        await g.child.write("/folder/data", b"precious")
        assert await g.read("/folder/data") == b"precious"
        assert await g.listdir("/folder") == ["data"]


async def test_every_change_is_refused():
    async with graph("readonly") as g:
        await g.child.write("/data", b"precious")
        for change in (
            g.open("/data", os.O_WRONLY),
            g.truncate("/data"),
            g.chmod("/data", 0o600),
            g.utime("/data", 1, 1),
            g.setxattr("/data", "user.a", b""),
            g.rename("/data", "/other"),
            g.link("/data", "/other"),
            g.unlink("/data"),
            g.write("/new", b""),
            g.mkdir("/folder"),
            g.symlink("data", "/link"),
            g.access("/data", os.W_OK),
        ):
            with raises(EROFS):
                await change
        assert await g.child.listdir("/") == ["data"]
        assert await g.child.read("/data") == b"precious"


async def test_statvfs_reports_no_free_space():
    async with graph("readonly") as g:
        room = await g.statfs()
        assert room.bavail == room.ffree == 0 and room.flag & 1
