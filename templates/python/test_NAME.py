from glupy import EPERM
from glupy.testing import graph, raises


async def test_a_file_with_the_suffix_cannot_be_removed():
    async with graph("{{NAME}}", suffix=".keep") as g:
        await g.write("/a.keep", b"precious")
        with raises(EPERM):
            await g.unlink("/a.keep")
        assert await g.read("/a.keep") == b"precious"
        assert g.logged("/a.keep stays")


async def test_a_file_without_the_suffix_can_be_removed():
    async with graph("{{NAME}}", suffix=".keep") as g:
        await g.write("/a.txt", b"")
        await g.unlink("/a.txt")
        assert await g.listdir("/") == []
        assert len(g.asked("unlink")) == 1
