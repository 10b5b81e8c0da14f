from glupy.testing import graph


async def test_data_is_stored_encrypted_and_read_as_it_was():
    async with graph("encrypt", passphrase="words") as g:
        await g.write("/a", b"a secret" * 1000)
        assert await g.read("/a") == b"a secret" * 1000
        assert b"secret" not in await g.child.read("/a")
