from glupy import EROFS
from glupy.testing import graph, raises


async def test_files_and_directories_are_listed_and_read():
    async with graph("greetings") as g:
        assert sorted(await g.listdir("/")) == ["hello", "more"]
        assert await g.read("/more/again") == b"Hello again\n"
        assert (await g.stat("/hello")).ia_size == 13


async def test_nothing_can_be_changed():
    async with graph("greetings") as g:
        with raises(EROFS):
            await g.write("/hello", b"")
