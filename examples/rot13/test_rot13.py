from glupy.testing import graph


async def test_the_storage_has_rotated_letters():
    async with graph("rot13") as g:
        await g.write("/a", b"Hello, World 13\0")
        assert await g.child.read("/a") == b"Uryyb, Jbeyq 13\0"
        assert await g.read("/a") == b"Hello, World 13\0"


async def test_a_write_in_the_middle_is_rotated():
    async with graph("rot13") as g:
        await g.write("/a", b"abcdef")
        await g.write("/a", b"XY", 2)
        assert await g.child.read("/a") == b"noKLrs"
        assert await g.read("/a", 3, 1) == b"bXY"


async def test_an_empty_file_stays_empty():
    async with graph("rot13") as g:
        await g.write("/a", b"")
        assert await g.read("/a") == b""
