import json

from glupy import ENOENT
from glupy.testing import graph, raises


def lines(g):
    """The records so far."""
    return [json.loads(line.text) for line in g.log if line.text.startswith("{")]


async def test_each_change_logs_a_line():
    async with graph("audit-log") as g:
        await g.mkdir("/done", 0o700)
        await g.as_user(1000, 100).rename("/done", "/old")
        mkdir, rename = lines(g)
        assert mkdir["fop"] == "mkdir" and mkdir["path"] == "/done" and mkdir["result"] == "ok"
        assert (mkdir["uid"], mkdir["mode"]) == (0, 0o700)
        assert (rename["path"], rename["to"]) == ("/done", "/old")
        assert (rename["uid"], rename["gid"]) == (1000, 100)
        assert mkdir["time"].endswith("+00:00")


async def test_a_failed_change_logs_a_line():
    async with graph("audit-log") as g:
        await g.write("/a", b"")
        g.fail("unlink", ENOENT)
        with raises(ENOENT):
            await g.unlink("/a")
        assert lines(g)[-1]["result"] == "ENOENT"


async def test_reading_logs_nothing():
    async with graph("audit-log") as g:
        await g.child.write("/a", b"")
        await g.stat("/a")
        assert lines(g) == []
