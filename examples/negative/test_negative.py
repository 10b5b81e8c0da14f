from glupy import EIO, ENOENT
from glupy.testing import graph, raises


async def test_an_absent_name_is_looked_up_once():
    async with graph("negative", timeout=60) as g:
        for _ in range(3):
            with raises(ENOENT):
                await g.stat("/absent")
        assert [one.path for one in g.asked("lookup")] == ["/absent"]
        g.advance(61)
        assert not await g.exists("/absent")
        assert len(g.asked("lookup")) == 2


async def test_a_created_name_is_found_at_once():
    async with graph("negative") as g:
        assert not await g.exists("/a")
        await g.write("/a", b"text")
        assert await g.read("/a") == b"text"
        await g.unlink("/a")
        g.clear()
        assert not await g.exists("/a")
        assert g.asked("lookup") == []  # a name that was removed is known to be absent


async def test_other_errors_are_not_cached():
    async with graph("negative") as g:
        g.fail("lookup", EIO, times=1)
        with raises(EIO):
            await g.stat("/a")
        with raises(ENOENT):
            await g.stat("/a")


async def test_the_oldest_names_are_evicted():
    async with graph("negative", limit=2) as g:
        for name in "abcab":
            await g.exists(f"/{name}")
        assert [one.path for one in g.asked("lookup")] == ["/a", "/b", "/c", "/a", "/b"]


async def test_a_name_that_another_client_made_is_found():
    async with graph("negative", kernel_timeout=90) as g:
        assert (await g.fop.lookup("/late")).timeouts == {"negative": 90}
        await g.child.write("/late", b"")
        assert not await g.exists("/late")
        g.child.changed("/late")
        assert await g.exists("/late")
