from glupy import ENOENT
from glupy.testing import graph, raises


async def test_names_with_a_dot_are_neither_listed_nor_found():
    async with graph("hide") as g:
        await g.child.write("/.secret", b"")
        await g.child.write("/open", b"")
        assert await g.listdir("/") == ["open"]
        with raises(ENOENT):
            await g.stat("/.secret")
