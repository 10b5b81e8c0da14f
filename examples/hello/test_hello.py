from glupy import ENOENT
from glupy.testing import graph, raises


async def test_every_name_is_logged_and_found_as_without_it():
    async with graph("hello") as g:
        await g.child.write("/greeting", b"hello")
        assert await g.read("/greeting") == b"hello"
        with raises(ENOENT):
            await g.stat("/absent")
        assert g.logged("hello, /greeting") and g.logged("hello, /absent")
