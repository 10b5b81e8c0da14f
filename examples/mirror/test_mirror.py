from glupy import EIO, ENOENT, EPERM
from glupy.testing import graph, raises

STALE = "user.mirror.stale"


async def test_both_children_have_equal_files():
    async with graph("mirror", children=2) as g:
        await g.mkdir("/folder")
        await g.write("/folder/file", b"text")
        for child in g.children:
            assert await child.read("/folder/file") == b"text"
        one, other = [await child.stat("/folder/file") for child in g.children]
        assert one.ia_gfid == other.ia_gfid


async def test_a_failing_child_is_left_out():
    async with graph("mirror", children=2) as g:
        left, right = g.children
        await g.write("/a", b"1")
        right.fail("writev", EIO)
        await g.write("/a", b"2")
        assert await left.getxattr("/", STALE) and g.logged("is stale from now on")
        right.mend()
        await g.write("/a", b"3")
        assert await left.read("/a") == b"3" == await g.read("/a")
        assert await right.read("/a") != b"3"


async def test_a_request_that_both_refuse_fails():
    async with graph("mirror", children=2) as g:
        with raises(ENOENT):
            await g.unlink("/absent")
        await g.write("/a", b"")
        with raises(EPERM):
            await g.setxattr("/a", STALE, b"leaf")
        assert not g.logged("stale from now on")


async def test_reading_continues_with_the_other_child():
    async with graph("mirror", children=2) as g:
        await g.write("/a", b"text")
        g.children[0].fail("readv", EIO)
        assert await g.read("/a") == b"text"
