from glupy.testing import graph


async def test_a_name_that_is_made_is_there():
    async with graph("wrong") as g:
        assert not await g.exists("/new")
        await g.write("/new", b"text")
        assert await g.exists("/new")


async def test_an_absent_name_is_asked_for_once():
    async with graph("wrong") as g:
        for _ in range(3):
            assert not await g.exists("/dragon")
        assert len(g.asked("lookup")) == 1
