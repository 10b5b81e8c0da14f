"""Files of a volume as fsspec's abstract class defines them: names, listings, data, times."""
import datetime
import io
import os
import pickle
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

import fsspec
import glossa.fsspec
from glossa.fsspec import GlossaFileSystem

VOLFILE = os.environ["FSSPEC_VOLFILE"]

# Replies to no read until three have come.
TOGETHER = '''
import asyncio
from glupy import Translator


class xlator(Translator):
    def init(self):
        self.count = 0
        self.complete = asyncio.Event()

    async def readv(self, frame, *arguments):
        self.count += 1
        if self.count == 3:
            self.complete.set()
        await self.complete.wait()
        return await self.child.readv(*arguments)
'''

TOGETHER_VOLFILE = '''
volume files
  type storage/memory
end-volume

volume together
  type features/glupy
  option module-name together
  option module-path {folder}
  subvolumes files
end-volume
'''


class FileCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fs = fsspec.filesystem("glossa", volume=VOLFILE)

    def setUp(self):
        self.top = f"/{type(self).__name__}-{self._testMethodName}"
        self.fs.makedirs(f"{self.top}/d/e")
        self.fs.pipe({f"{self.top}/{name}": name.encode() for name in ("a", "d/b", "d/e/c.csv")})

    def tearDown(self):
        self.fs.rm(self.top, recursive=True)

    def path(self, name):
        return f"{self.top}/{name}"

    def names(self, paths):
        return sorted(path[len(self.top) + 1:] for path in paths)


class UrlTest(FileCase):
    def test_the_protocol_is_found(self):
        self.assertIs(fsspec.get_filesystem_class("glossa"), GlossaFileSystem)

    def test_url_names_volume_and_path(self):
        for url, volume, path in (
            ("glossa:///etc/data.vol:/d/f.csv", "/etc/data.vol", "/d/f.csv"),
            ("glossa://data.vol:/", "data.vol", "/"),
            ("glossa://data.vol:/a:/b", "data.vol", "/a:/b"),
            ("glossa://server:/name:/d/f", "server:/name", "/d/f"),
        ):
            self.assertEqual(GlossaFileSystem._get_kwargs_from_urls(url), {"volume": volume}, url)
            self.assertEqual(GlossaFileSystem._strip_protocol(url), path, url)

    def test_url_without_a_path_is_refused(self):
        with self.assertRaisesRegex(ValueError, "names no path in a volume"):
            fsspec.open(f"glossa://{VOLFILE}").open()

    def test_open_by_url(self):
        with fsspec.open(f"glossa://{VOLFILE}:{self.path('a')}", "rt") as file:
            self.assertEqual(file.read(), "a")
        files = fsspec.open_files(f"glossa://{VOLFILE}:{self.top}/**/*.csv")
        self.assertEqual([file.path for file in files], [self.path("d/e/c.csv")])

    def test_url_of_a_path(self):
        url = self.fs.unstrip_protocol(self.path("a"))
        self.assertEqual(url, f"glossa://{VOLFILE}:{self.path('a')}")
        fs, path = fsspec.core.url_to_fs(url)
        self.assertIs(fs, self.fs)
        self.assertEqual(path, self.path("a"))

    def test_instances_of_a_volume_are_one(self):
        self.assertIs(fsspec.filesystem("glossa", volume=VOLFILE), self.fs)
        self.assertEqual(pickle.loads(pickle.dumps(self.fs)), self.fs)


class NameTest(FileCase):
    def test_ls(self):
        self.assertEqual(self.names(self.fs.ls(self.top, detail=False)), ["a", "d"])
        records = {record["name"]: record for record in self.fs.ls(self.top)}
        self.assertEqual(records[self.path("a")], self.fs.info(self.path("a")))
        self.assertEqual([records[self.path(name)]["type"] for name in "ad"], ["file", "directory"])
        self.assertEqual(self.fs.ls(self.path("a"), detail=False), [self.path("a")])
        with self.assertRaises(FileNotFoundError):
            self.fs.ls(self.path("none"))

    def test_ls_with_slashes(self):
        for path in self.top + "/", self.top[1:]:
            self.assertEqual(self.names(self.fs.ls(path, detail=False)), ["a", "d"])
        self.assertIn(self.top, self.fs.ls("/", detail=False))

    def test_info(self):
        found = self.fs.info(self.path("d/b"))
        self.assertEqual([found["size"], found["type"], found["islink"]], [3, "file", False])
        with self.assertRaises(FileNotFoundError):
            self.fs.info(self.path("none"))

    def test_links(self):
        self.fs.volume.symlink("a", self.path("link"))
        self.fs.volume.symlink("none", self.path("broken"))
        found = self.fs.info(self.path("link"))
        self.assertEqual([found["type"], found["size"], found["destination"]], ["file", 1, "a"])
        self.assertEqual(self.fs.cat_file(self.path("link")), b"a")
        self.assertEqual([self.fs.exists(self.path("broken")), self.fs.lexists(self.path("broken"))], [True, True])
        self.assertEqual(self.fs.info(self.path("broken"))["size"], 0)
        self.fs.volume.symlink("d", self.path("to-d"))
        self.fs.rm(self.path("to-d"), recursive=True)
        self.assertTrue(self.fs.exists(self.path("d/b")))

    def test_exists_isfile_isdir(self):
        self.assertEqual([self.fs.exists(self.path(name)) for name in ("a", "d", "none")], [True, True, False])
        self.assertEqual([self.fs.isfile(self.path(name)) for name in ("a", "d", "none")], [True, False, False])
        self.assertEqual([self.fs.isdir(self.path(name)) for name in ("a", "d", "none")], [False, True, False])

    def test_mkdir(self):
        self.fs.mkdir(self.path("x/y"))
        self.assertTrue(self.fs.isdir(self.path("x/y")))
        for create_parents in True, False:
            with self.assertRaises(FileExistsError):
                self.fs.mkdir(self.path("x/y"), create_parents=create_parents)
        with self.assertRaises(FileNotFoundError):
            self.fs.mkdir(self.path("none/y"), create_parents=False)

    def test_makedirs(self):
        self.fs.makedirs(self.path("d/e"), exist_ok=True)
        with self.assertRaises(FileExistsError):
            self.fs.makedirs(self.path("d/e"))

    def test_rm(self):
        self.fs.rm(self.path("a"))
        self.assertFalse(self.fs.exists(self.path("a")))
        with self.assertRaises(FileNotFoundError):
            self.fs.rm(self.path("a"))
        with self.assertRaises(OSError):
            self.fs.rmdir(self.path("d"))
        self.fs.rm([self.path("d/b"), self.path("d/e/*")])
        self.fs.rmdir(self.path("d/e"))
        self.fs.rm(self.path("d"), recursive=True)
        self.assertEqual(self.fs.ls(self.top), [])

    def test_mv(self):
        self.fs.mv(self.path("a"), self.path("x"))
        self.assertEqual([self.fs.exists(self.path("a")), self.fs.cat_file(self.path("x"))], [False, b"a"])
        self.fs.mv(self.path("x"), self.path("d"))
        self.assertEqual(self.fs.cat_file(self.path("d/x")), b"a")
        self.fs.mv(self.path("d"), self.path("new"), recursive=True)
        self.assertEqual(self.names(self.fs.find(self.top)), ["new/b", "new/e/c.csv", "new/x"])
        self.fs.mv(self.path("new/?"), self.path("f/"), recursive=True)
        self.assertEqual(self.names(self.fs.find(self.top)), ["f/b", "f/e/c.csv", "f/x"])

    def test_walk(self):
        found = [(path[len(self.top):], sorted(dirs), sorted(files)) for path, dirs, files in self.fs.walk(self.top)]
        self.assertEqual(found, [("", ["d"], ["a"]), ("/d", ["e"], ["b"]), ("/d/e", [], ["c.csv"])])
        self.assertEqual(len(list(self.fs.walk(self.top, maxdepth=1))), 1)

    def test_find(self):
        self.assertEqual(self.names(self.fs.find(self.top)), ["a", "d/b", "d/e/c.csv"])
        self.assertEqual(self.names(self.fs.find(self.top, maxdepth=1)), ["a"])
        sizes = {path: record["size"] for path, record in self.fs.find(self.top, detail=True).items()}
        self.assertEqual(sizes[self.path("d/e/c.csv")], 9)
        self.assertEqual(self.fs.du(self.top), 13)

    def test_glob(self):
        for pattern, names in (("*", ["a", "d"]), ("d/*", ["d/b", "d/e"]), ("**/*.csv", ["d/e/c.csv"]),
                               ("d/?", ["d/b", "d/e"]), ("[ab]", ["a"]), ("none*", []), ("a", ["a"])):
            self.assertEqual(self.names(self.fs.glob(self.path(pattern))), names, pattern)


class DataTest(FileCase):
    data = bytes(range(256)) * 4

    def setUp(self):
        super().setUp()
        self.file = self.path("data")
        self.fs.pipe_file(self.file, self.data)

    def test_cat(self):
        self.assertEqual(self.fs.cat(self.file), self.data)
        self.assertEqual(self.fs.cat([self.path("a"), self.path("d/b")]),
                         {self.path("a"): b"a", self.path("d/b"): b"d/b"})
        with self.assertRaises(FileNotFoundError):
            self.fs.cat(self.path("none"))

    def test_cat_of_ranges(self):
        for start, end in ((0, 10), (5, None), (None, 7), (-9, None), (-9, -2), (10, 10), (10, 5), (1000, 5000),
                           (5000, None), (0, 0), (-5000, 3)):
            self.assertEqual(self.fs.cat_file(self.file, start=start, end=end), self.data[start:end], (start, end))
        self.assertEqual(self.fs.cat_ranges([self.file, self.file], [0, 100], [3, 103]),
                         [self.data[:3], self.data[100:103]])

    def test_cat_of_ranges_of_many_files(self):
        names = [self.path(f"many{number}") for number in range(40)]
        self.fs.pipe({name: name.encode() for name in names})
        large = os.urandom(3_000_000)
        self.fs.pipe_file(self.path("large"), large)
        starts, ends = [*range(40)] * 2, [-1] * 40 + [1000] * 40
        self.assertEqual(self.fs.cat_ranges(names * 2, starts, ends),
                         [name.encode()[start:end] for name, start, end in zip(names * 2, starts, ends)])
        self.assertEqual(self.fs.cat_ranges([self.path("large")] * 3, [0, 1, -2_500_000], [None, 2_999_999, -1]),
                         [large, large[1:-1], large[-2_500_000:-1]])
        self.assertEqual(self.fs.cat_ranges(names[:2], 1, 3), [name.encode()[1:3] for name in names[:2]])
        self.assertEqual(self.fs.cat_ranges([], [], []), [])

    def test_ranges_of_more_files_than_are_open_at_a_time(self):
        names = [self.path(f"each-{at}") for at in range(600)]
        for at, name in enumerate(names):
            self.fs.pipe_file(name, str(at).encode())
        self.assertEqual(self.fs.cat_ranges(names, 0, None), [str(at).encode() for at in range(600)])

    def test_errors_of_ranges(self):
        paths = [self.path("a"), self.path("none"), self.top, self.path("a")]
        first, absent, folder, last = self.fs.cat_ranges(paths, [0, 0, 0, 0], [1, None, 1, 9])
        self.assertEqual((first, last), (b"a", b"a"))
        self.assertEqual((type(absent), absent.filename), (FileNotFoundError, self.path("none")))
        self.assertIsInstance(folder, IsADirectoryError)
        with self.assertRaises(FileNotFoundError):
            self.fs.cat_ranges(paths, 0, 1, on_error="raise")
        for error, arguments in (
            (ValueError, (paths, [0], [1] * 4)),
            (TypeError, (self.path("a"), 0, 1)),
            (NotImplementedError, (paths, 0, 1, 100)),
        ):
            with self.assertRaises(error):
                self.fs.cat_ranges(*arguments)

    def test_ranges_are_read_together(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in ("together.py", TOGETHER), ("ranges.vol", TOGETHER_VOLFILE.format(folder=folder)):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
            fs = GlossaFileSystem(f"{folder}/ranges.vol", skip_instance_cache=True)
            self.addCleanup(fs.volume.close)
            fs.pipe({"/a": b"123456", "/b": b"abc"})
            self.assertEqual(fs.cat_ranges(["/a", "/b", "/a"], [0, 0, 4], [2, 3, 6]), [b"12", b"abc", b"56"])

    def test_ranges_for_many_threads(self):
        with ThreadPoolExecutor(4) as pool:
            reads = [pool.submit(self.fs.cat_ranges, [self.file] * 100, [*range(100)], [*range(500, 600)])
                     for _ in range(20)]
        for read in reads:
            self.assertEqual(read.result(), [self.data[start:start + 500] for start in range(100)])

    def test_head_tail_and_blocks(self):
        self.assertEqual(self.fs.head(self.file, 5), self.data[:5])
        self.assertEqual(self.fs.tail(self.file, 5), self.data[-5:])
        self.fs.pipe_file(self.file, b"one\ntwo\nthree\n")
        self.assertEqual(self.fs.read_block(self.file, 2, 5, delimiter=b"\n"), b"two\n")

    def test_open_modes(self):
        with self.fs.open(self.file, "ab") as file:
            file.write(b"more")
        self.assertEqual(self.fs.size(self.file), len(self.data) + 4)
        with self.fs.open(self.file, "wb", block_size=7) as file:
            file.write(b"new text\n")
        with self.fs.open(self.file, "rb", block_size=4) as file:
            self.assertEqual([file.size, file.read(3), file.seek(4), file.readline(), file.seek(-3, 2), file.read()],
                             [9, b"new", 4, b"text\n", 6, b"xt\n"])
        with self.fs.open(self.file, "r") as file:
            self.assertEqual(list(file), ["new text\n"])
        with self.assertRaises(FileNotFoundError):
            self.fs.open(self.path("none"), "rb")
        with self.assertRaises(FileExistsError):
            self.fs.open(self.file, "xb")

    def test_text(self):
        self.fs.write_text(self.file, "ä\n")
        self.assertEqual(self.fs.read_text(self.file), "ä\n")
        self.assertEqual(self.fs.read_bytes(self.file), "ä\n".encode())

    def test_compression(self):
        with self.fs.open(f"{self.file}.gz", "wt", compression="infer") as file:
            file.write("text" * 1000)
        self.assertLess(self.fs.size(f"{self.file}.gz"), 1000)
        with self.fs.open(f"{self.file}.gz", "rt", compression="infer") as file:
            self.assertEqual(file.read(), "text" * 1000)

    def test_touch(self):
        self.fs.touch(self.path("new"))
        self.assertEqual(self.fs.size(self.path("new")), 0)
        self.fs.touch(self.file, truncate=False)
        self.assertEqual(self.fs.size(self.file), len(self.data))
        self.fs.touch(self.file)
        self.assertEqual(self.fs.size(self.file), 0)

    def test_created_and_modified(self):
        before = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
        self.assertGreater(self.fs.created(self.file), before)
        self.fs.volume.utime(self.file, (0, 1_000_000_000))
        self.assertEqual(self.fs.modified(self.file).timestamp(), 1_000_000_000)

    def test_transaction(self):
        with self.fs.transaction:
            with self.fs.open(self.path("new"), "wb") as file:
                file.write(b"text")
            with self.fs.open(self.file, "wb") as file:
                file.write(b"changed")
            self.assertFalse(self.fs.exists(self.path("new")))
            self.assertEqual(self.fs.cat(self.file), self.data)
        self.assertEqual([self.fs.cat(self.path("new")), self.fs.cat(self.file)], [b"text", b"changed"])
        names = self.fs.ls(self.top, detail=False)
        with self.assertRaises(KeyError), self.fs.transaction:
            with self.fs.open(self.path("another"), "wb") as file:
                file.write(b"text")
            raise KeyError
        self.assertEqual(self.fs.ls(self.top, detail=False), names)

    def test_get_and_put_of_open_files(self):
        target = io.BytesIO()
        self.fs.get_file(self.file, target)
        self.assertEqual(target.getvalue(), self.data)

    def test_mapper(self):
        mapper = self.fs.get_mapper(self.path("map"), create=True)
        mapper["x/y"] = b"text"
        self.assertEqual([list(mapper), mapper["x/y"]], [["x/y"], b"text"])


class PandasTest(FileCase):
    def test_read_and_write_csv(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed (python3-pandas)")
        url = self.fs.unstrip_protocol(self.path("table.csv"))
        table = pandas.DataFrame({"name": ["a", "ö"], "value": [1, 2.5]})
        table.to_csv(url, index=False)
        self.assertEqual(self.fs.cat(self.path("table.csv")).decode(), "name,value\na,1.0\nö,2.5\n")
        self.assertTrue(pandas.read_csv(url).equals(table))
        self.assertEqual(sum(len(part) for part in pandas.read_csv(url, chunksize=1)), 2)
