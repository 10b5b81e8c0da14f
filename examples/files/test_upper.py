from glupy.testing import graph


async def test_names_are_shown_in_capitals_and_stored_in_small_letters():
    async with graph("upper") as g:
        await g.write("/A", b"text")
        assert await g.listdir("/") == ["A"]
        assert await g.child.listdir("/") == ["a"]
        assert await g.read("/A") == b"text"
