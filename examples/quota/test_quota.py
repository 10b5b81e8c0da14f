from glupy import EDQUOT, EXDEV
from glupy.testing import graph, raises


async def test_a_write_beyond_the_limit_fails():
    async with graph("quota", limits="/home:100") as g:
        await g.mkdir("/home")
        await g.write("/home/one", bytes(60))
        with raises(EDQUOT):
            await g.write("/home/two", bytes(60))
        await g.write("/elsewhere", bytes(1000))
        await g.unlink("/home/one")
        await g.write("/home/two", bytes(60))
        assert await g.child.read("/home/two") == bytes(60)


async def test_existing_files_count():
    async with graph("quota", limits="/:100") as g:
        await g.child.write("/old", bytes(90))
        with raises(EDQUOT):
            await g.truncate("/old", 101)
        await g.truncate("/old", 100)


async def test_nested_limits_apply_together():
    async with graph("quota", limits="/home:100,/home/ann:50") as g:
        await g.mkdir("/home")
        await g.mkdir("/home/ann")
        with raises(EDQUOT):
            await g.write("/home/ann/a", bytes(51))
        await g.write("/home/b", bytes(80))
        with raises(EDQUOT):
            await g.write("/home/ann/c", bytes(30))
        with raises(EXDEV):
            await g.rename("/home/b", "/home/ann/b")
