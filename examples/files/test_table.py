from glupy import EACCES
from glupy.testing import graph, raises


async def test_a_cell_is_a_file_and_a_change_is_in_the_table():
    async with graph("table") as g:
        assert sorted(await g.listdir("/Ada")) == ["born", "known for", "name"]
        await g.truncate("/Ada/born", 0)
        await g.write("/Ada/born", b"1816\n")
        assert b"\nAda,1816,the first program\n" in await g.read("/table.csv")


async def test_the_table_itself_cannot_be_written():
    async with graph("table") as g:
        with raises(EACCES):
            await g.truncate("/table.csv", 0)
