import os

from glupy import EROFS
from glupy.testing import graph, raises

ARCHIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "example.zip")


async def test_files_and_folders_of_the_archive_are_read():
    async with graph("zip", file=ARCHIVE, allow_read=ARCHIVE) as g:
        assert sorted(await g.listdir("/")) == ["README", "src"]
        assert await g.listdir("/src") == ["main.c"]
        assert await g.read("/README") == b"Read me.\n"
        assert (await g.stat("/README")).ia_mtime == 981173106
        assert not await g.exists("/src/other.c")
        with raises(EROFS):
            await g.unlink("/README")
