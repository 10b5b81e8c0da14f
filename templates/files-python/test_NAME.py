from glupy import EOPNOTSUPP
from glupy.testing import graph, raises


async def test_files_are_listed_and_read():
    async with graph("{{NAME}}", greeting="Hi") as g:
        assert await g.listdir("/") == ["hello"]
        assert await g.read("/hello") == b"Hi, world\n"


async def test_files_are_made_written_and_removed():
    async with graph("{{NAME}}") as g:
        await g.write("/new", b"text")
        assert await g.read("/new") == b"text"
        await g.unlink("/new")
        assert not await g.exists("/new")
        with raises(EOPNOTSUPP):
            await g.mkdir("/directory")
