from glupy import Files, directory

FOLDERS = {"/": ["about", "books"], "/books": ["moby", "ulysses"]}
FILES = {
    "/about": b"A storage of my own.\n",
    "/books/moby": b"Call me Ishmael.\n",
    "/books/ulysses": b"Stately, plump Buck Mulligan.\n",
}


class xlator(Files):
    """Serves the files of a dict."""

    def list(self, path):
        return []

    def stat(self, path):
        return directory() if path == "/" else None

    def read(self, path, offset, size):
        return b""
