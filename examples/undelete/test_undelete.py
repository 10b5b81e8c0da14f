from glupy import EPERM
from glupy.testing import graph, raises


async def test_a_removed_file_is_in_the_trash():
    async with graph("undelete") as g:
        await g.mkdir("/papers")
        await g.write("/papers/thesis", b"a year of work")
        await g.unlink("/papers/thesis")
        assert await g.listdir("/papers") == []
        assert await g.listdir("/") == ["papers"]
        [name] = await g.listdir("/.trash")
        assert name.endswith("-thesis")
        assert await g.getxattr(f"/.trash/{name}", "user.trash.path") == b"/papers/thesis"
        await g.rename(f"/.trash/{name}", "/thesis")
        assert await g.read("/thesis") == b"a year of work"


async def test_a_replaced_file_is_in_the_trash():
    async with graph("undelete") as g:
        await g.write("/old", b"old")
        await g.write("/new", b"new")
        await g.rename("/new", "/old")
        assert await g.read("/old") == b"new"
        [name] = await g.listdir("/.trash")
        assert await g.read(f"/.trash/{name}") == b"old"


async def test_an_excluded_file_is_removed():
    async with graph("undelete", exclude="*.tmp") as g:
        await g.write("/a.tmp", b"")
        await g.unlink("/a.tmp")
        assert await g.listdir("/.trash") == []


async def test_a_file_that_is_too_old_is_removed():
    async with graph("undelete", keep=3600, purge_every=600) as g:
        await g.write("/a", b"")
        await g.unlink("/a")
        g.advance(3000)
        assert len(await g.listdir("/.trash")) == 1
        g.advance(1300)
        assert await g.listdir("/.trash") == []


async def test_the_trash_cannot_be_removed():
    async with graph("undelete") as g:
        with raises(EPERM):
            await g.rmdir("/.trash")
        with raises(EPERM):
            await g.rename("/.trash", "/other")
