"""Checks a volume through libgfapi: open files, names, attributes, directories, and the mount.

    gfapi-checks.py VOLUME HOST PORT SOCKET LOG

VOLUME is the name of an empty volume at the volfile server, which is asked by HOST and PORT, and by SOCKET.
It prints one line of JSON: the result of each check by its name, "ok" or the failure.

The list is that of the functional tests of libgfapi-python (their names and what they assert).
"""
import json
import os
import traceback

from gfapi_volume import checks, volume
# Their checks come in this order.
import gfapi_files
import gfapi_trees


def outcome(at, function):
    directory = f"/c{at}"
    try:
        volume.mkdir(directory, 0o777)
        function(directory)
        return "ok"
    except (AssertionError, OSError) as error:
        line = traceback.extract_tb(error.__traceback__)[1].lineno
        volume.chdir("/")
        return f"line {line}: {error}"


print(json.dumps({function.__name__.replace("_", " "): outcome(at, function)
                  for at, function in enumerate(checks)}), flush=True)
os._exit(0)
