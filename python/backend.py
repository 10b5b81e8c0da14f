"""Makes the wheel of the Python package, without any other package: a build backend of PEP 517 for pip.

    python3 -m pip install --no-index ./python     (node_modules/glossa/python of an npm package)
    python3 python/backend.py DIRECTORY            writes the wheel
"""

import base64
import hashlib
import json
import os
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "glossa"

# Packages of the wheel. Of `gluster`, a namespace, others have further parts.
PACKAGES = ("glossa", "gluster/gfapi")

ENTRY_POINTS = """[fsspec.specs]
glossa = glossa.fsspec:GlossaFileSystem
"""

# Of all files, so that equal sources make equal wheels; the earliest time of the zip format.
TIME = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644


def read_version():
    with open(os.path.join(HERE, "../package.json"), encoding="utf-8") as file:
        return json.load(file)["version"]


def list_sources():
    """Paths in the wheel of all files of the packages."""
    for package in PACKAGES:
        for folder, folders, files in os.walk(os.path.join(HERE, package)):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(files):
                if name.endswith((".py", ".pyi", ".typed")):
                    yield os.path.relpath(os.path.join(folder, name), HERE)


def make_record(path, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Writes the wheel, and returns its name."""
    if not os.path.exists(os.path.join(HERE, "glossa/_operations.py")):
        raise FileNotFoundError(f"{os.path.dirname(HERE)} is not built: run npm ci in it")
    version = read_version()
    info = f"{NAME}-{version}.dist-info"
    files = {}
    for path in list_sources():
        with open(os.path.join(HERE, path), "rb") as file:
            files[path] = file.read()
    with open(os.path.join(HERE, "../LICENSE"), "rb") as file:
        files[f"{info}/LICENSE"] = file.read()
    metadata = {
        "Metadata-Version": "2.1",
        "Name": NAME,
        "Version": version,
        "Summary": "The files of GlusterFS-style volumes for programs, without a mount",
        "License": "MIT",
        "Requires-Python": ">=3.9",
    }
    lines = "".join(f"{key}: {value}\n" for key, value in metadata.items())
    files[f"{info}/METADATA"] = lines.encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = ENTRY_POINTS.encode()
    record = "".join(make_record(*each) for each in files.items())
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    wheel = f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
        for path, content in files.items():
            member = zipfile.ZipInfo(path, TIME)
            member.external_attr = MODE << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return wheel


if __name__ == "__main__":
    print(os.path.join(sys.argv[1], build_wheel(sys.argv[1])))
