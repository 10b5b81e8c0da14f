"""The files that both file systems of the bench serve: their bytes, and the names of directories."""

DATA = {}
NAMES = {"/": ["files", "large", "names"]}
for _directory, _count, _size in (("files", 100, 4096), ("large", 10, 131_072), ("names", 1000, 1)):
    NAMES[f"/{_directory}"] = _names = [f"name-{number}" for number in range(_count)]
    for _number, _name in enumerate(_names):
        # As test/bench/call-client.ts checks it.
        DATA[f"/{_directory}/{_name}"] = bytes([_number % 251 + 1]) * _size
