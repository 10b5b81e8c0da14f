"""Serves a zip archive as folders and files, which can be read."""

import calendar
import os
import zipfile

from glupy import Files, Option, attributes, directory


class xlator(Files):
    options = {"file": Option.str(help="the archive, which allow-read must name, too")}

    def init(self):
        self.archive = zipfile.ZipFile(os.path.join(os.path.dirname(__file__), self.options["file"]))
        self.folders = {"/": set()}
        self.files = {}
        for info in self.archive.infolist():
            path = f"/{info.filename.strip('/')}"
            if info.is_dir():
                self.folders.setdefault(path, set())
            else:
                self.files[path] = info
            # Archives need not list the folders of their files.
            while path != "/":
                above, _, name = path.rpartition("/")
                path = above or "/"
                self.folders.setdefault(path, set()).add(name)

    def list(self, path):
        return self.folders[path]

    def stat(self, path):
        if path in self.folders:
            return directory()
        info = self.files.get(path)
        if info is None:
            return None
        return attributes(info.file_size, mtime=calendar.timegm((*info.date_time, 0, 0, 0)))

    def read(self, path):
        return self.archive.read(self.files[path])
