"""copy, get and put: each pair of source and target gives the tree that fsspec's local files give."""
import itertools
import os
import shutil
import tempfile
import unittest

import fsspec
import glossa.fsspec  # noqa: F401

numbers = itertools.count()

VOLFILE = os.environ["FSSPEC_VOLFILE"]

FILES = ("file1", "file2", "subdir/subfile1", "subdir/subfile2", "subdir/nesteddir/nestedfile", "odd name [1]/file",
         "with:/colon")

# Source below `source`, target below `target`, which exists if the name does not begin with `new`.
PAIRS = [
    # A file: into a directory, into a new one, to another name.
    *[("subdir/subfile1", target) for target in ("", "/", "new/", "new/deep/", "other", "new/other", "kept")],
    # Lists of files.
    *[(["file1", "file2", "subdir/subfile1"], target) for target in ("", "new/")],
    # Patterns.
    *[(pattern, target) for pattern in ("subdir/*", "subdir/subfile*", "*1", "subdir/subfile[12]", "**", "none*")
      for target in ("", "new/")],
]
RECURSIVE = [
    *[(source, target) for source in ("subdir", "subdir/", "odd name [1]", "with:") for target in ("", "new", "new/", "new/deep")],
    *[(pattern, target) for pattern in ("subdir/*", "*") for target in ("", "new/")],
    (["subdir", "file1"], "new/"),
]


def make_tree(fs, top):
    for name in FILES:
        path = f"{top}/source/{name}"
        fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        fs.pipe_file(path, name.encode())
    fs.makedirs(f"{top}/target")
    fs.pipe_file(f"{top}/target/kept", b"kept")


def list_tree(fs, top):
    found = fs.find(top, withdirs=True, detail=True)
    return sorted((path[len(top):], None if info["type"] == "directory" else fs.cat_file(path))
                  for path, info in found.items() if path.rstrip("/") != top)


class CopyTest(unittest.TestCase):
    def setUp(self):
        # Directories above a new file are made, as by most kinds of storage.
        self.local = fsspec.filesystem("file", auto_mkdir=True)
        self.volume = fsspec.filesystem("glossa", volume=VOLFILE)
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)

    def run_on(self, operation, source_fs, target_fs, acting, source, target, recursive):
        """The tree of the target after the operation, or the type of its error."""
        source_top = self.prepare(source_fs)
        target_top = source_top if target_fs is source_fs else self.prepare(target_fs)
        sources = [f"{source_top}/source/{each}" for each in ([source] if isinstance(source, str) else source)]
        try:
            getattr(acting, operation)(sources if isinstance(source, list) else sources[0],
                                       f"{target_top}/target/{target}" if target else f"{target_top}/target",
                                       recursive=recursive)
        except Exception as error:  # noqa: BLE001
            return type(error)
        return list_tree(target_fs, f"{target_top}/target")

    def prepare(self, fs):
        top = tempfile.mkdtemp(dir=self.top) if fs is self.local else f"/tree-{next(numbers)}"
        make_tree(fs, top)
        return top

    def compare(self, operation, source_fs, target_fs, acting):
        for pairs, recursive in (PAIRS, False), (RECURSIVE, True):
            for source, target in pairs:
                with self.subTest(operation=operation, source=source, target=target, recursive=recursive):
                    expected = self.run_on(operation, self.local, self.local, self.local, source, target, recursive)
                    found = self.run_on(operation, source_fs, target_fs, acting, source, target, recursive)
                    self.assertEqual(found, expected)

    def test_copy(self):
        self.compare("copy", self.volume, self.volume, self.volume)

    def test_get(self):
        self.compare("get", self.volume, self.local, self.volume)

    def test_put(self):
        self.compare("put", self.local, self.volume, self.volume)
