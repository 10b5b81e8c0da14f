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
        return FOLDERS[path]

    def stat(self, path):
        if path in FOLDERS:
            return directory()
        return len(FILES[path]) if path in FILES else None

    def read(self, path, offset, size):
        return FILES[path][offset : offset + size]

    def write(self, path, offset, data):
        old = FILES[path].ljust(offset, b"\0")
        FILES[path] = old[:offset] + data + old[offset + len(data) :]

    def truncate(self, path, size):
        FILES[path] = FILES[path][:size].ljust(size, b"\0")

    def create(self, path, mode):
        folder, name = path.rsplit("/", 1)
        FOLDERS[folder or "/"].append(name)
        FILES[path] = b""
