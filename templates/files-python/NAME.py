"""Serves a dict as a folder of files, in which files can be made, written and removed."""

from glupy import Files, Option, directory


class xlator(Files):
    options = {"greeting": Option.str("Hello", help="the text of the file hello")}

    def init(self):
        self.files = {"/hello": f"{self.options['greeting']}, world\n".encode()}

    def list(self, path):
        return [name[1:] for name in self.files]

    def stat(self, path):
        if path == "/":
            return directory()
        return len(self.files[path]) if path in self.files else None

    def read(self, path, offset, size):
        return self.files[path][offset : offset + size]

    def create(self, path, mode):
        self.files[path] = b""

    def write(self, path, offset, data):
        before = self.files[path].ljust(offset, b"\0")
        self.files[path] = before[:offset] + data + before[offset + len(data) :]

    def truncate(self, path, size):
        self.files[path] = self.files[path][:size].ljust(size, b"\0")

    def remove(self, path):
        del self.files[path]
