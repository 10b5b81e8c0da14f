from glupy import ENOTEMPTY
from glupy.testing import graph, raises


async def test_files_have_names_data_and_attributes():
    async with graph("memory") as g:
        await g.mkdir("/d")
        await g.write("/d/a", b"text")
        await g.link("/d/a", "/b")
        assert (await g.stat("/b")).ia_nlink == 2
        await g.rename("/b", "/c")
        assert await g.read("/c") == b"text"
        with raises(ENOTEMPTY):
            await g.rmdir("/d")
