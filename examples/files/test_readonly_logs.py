from glupy.testing import graph


async def test_log_files_are_shown_as_read_only():
    async with graph("readonly_logs") as g:
        for name in ("/a.log", "/a.txt"):
            await g.child.write(name, b"")
            await g.child.chmod(name, 0o644)
        assert (await g.stat("/a.log")).ia_prot == 0o444
        assert (await g.stat("/a.txt")).ia_prot == 0o644
