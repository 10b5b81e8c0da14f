import asyncio
from hashlib import sha256

from glupy import ENODATA, EPERM
from glupy.testing import graph, raises

TAG = "user.sha256"


async def test_a_closed_file_has_its_hash():
    async with graph("tag-by-xattr") as g:
        await g.write("/a", b"some text")
        await asyncio.sleep(1)  # hashing continues after the close
        assert await g.getxattr("/a", TAG) == sha256(b"some text").hexdigest().encode()


async def test_the_tag_is_removed_before_a_change():
    async with graph("tag-by-xattr") as g:
        await g.write("/a", b"some text")
        await asyncio.sleep(1)
        g.clear()
        await g.truncate("/a", 4)
        with raises(ENODATA):
            await g.getxattr("/a", TAG)
        assert [one.fop for one in g.asked() if one.fop in ("removexattr", "truncate")] == [
            "removexattr",
            "truncate",
        ]


async def test_users_cannot_set_the_tag():
    async with graph("tag-by-xattr") as g:
        await g.write("/a", b"")
        with raises(EPERM):
            await g.setxattr("/a", TAG, b"forged")
        await g.setxattr("/a", "user.other", b"fine")


async def test_large_files_have_no_tag():
    async with graph("tag-by-xattr", max_size=4) as g:
        await g.write("/a", b"12345")
        await asyncio.sleep(1)
        with raises(ENODATA):
            await g.getxattr("/a", TAG)
