from glupy import ENOENT
from glupy.testing import graph, raises


async def test_a_request_and_its_reply_have_one_number():
    async with graph("debug-trace") as g:
        with raises(ENOENT):
            await g.stat("/absent")
        down = next(line.text for line in g.log if "LOOKUP: loc=/absent" in line.text)
        mark, number, _ = down.split(" ", 2)
        assert mark == ">" and g.logged(f"< {number} LOOKUP: ENOENT")


async def test_data_is_shown_by_its_length():
    async with graph("debug-trace") as g:
        await g.write("/a", b"secret")
        assert g.logged("vector=<Data 6 bytes>; offset=0")
        assert not g.logged("secret")
        assert await g.child.read("/a") == b"secret"


async def test_excluded_fops_are_not_traced():
    async with graph("debug-trace", exclude="lookup,create") as g:
        await g.write("/a", b"")
        assert not g.logged("LOOKUP") and not g.logged("CREATE")
