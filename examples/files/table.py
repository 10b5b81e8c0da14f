"""Serves a table as a folder for each row, with a file for each column, which can be written."""

import csv
import io

from glupy import Files, directory

TABLE = """\
name,born,known for
Ada,1815,the first program
Grace,1906,the first compiler
"""


class xlator(Files):
    def init(self):
        self.rows = {
            row["name"]: {column: f"{text}\n".encode() for column, text in row.items()}
            for row in csv.DictReader(io.StringIO(TABLE))
        }

    def find(self, path):
        """The row of a path, and its column; None where the path has none."""
        name, _, column = path[1:].partition("/")
        row = self.rows.get(name)
        return row, column if row and column in row else None

    def list(self, path):
        return ["table.csv", *self.rows] if path == "/" else self.find(path)[0]

    def stat(self, path):
        if path == "/" or path[1:] in self.rows:
            return directory()
        row, column = self.find(path)
        if column or path == "/table.csv":
            return len(self.read(path))

    def read(self, path):
        if path == "/table.csv":
            return self.make_table().encode()
        row, column = self.find(path)
        if row is None:
            raise FileNotFoundError(path)
        return row[column]

    def make_table(self):
        file = io.StringIO()
        table = csv.DictWriter(file, next(iter(self.rows.values())), lineterminator="\n")
        table.writeheader()
        for row in self.rows.values():
            table.writerow({column: cell.decode().strip() for column, cell in row.items()})
        return file.getvalue()

    def write(self, path, offset, data):
        self.change(path, self.read(path)[:offset].ljust(offset, b"\0") + data)

    def truncate(self, path, size):
        self.change(path, self.read(path)[:size].ljust(size, b"\0"))

    def change(self, path, data):
        row, column = self.find(path)
        if row is None or column is None:
            raise PermissionError(path)
        row[column] = data
