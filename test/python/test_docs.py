"""Test cases of the programs of docs/program/python.md, in their order."""

import contextlib
import io
import os
import re
import shlex

from support import COMMAND, VolumeCase

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/program/python.md")
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Page(VolumeCase):
    def test_programs(self):
        """the programs of the page run in their order, and print what they find"""
        script = os.path.join(self.folder.name, "glossa")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
        os.chmod(script, 0o755)
        os.rename(self.volfile, os.path.join(self.folder.name, "data.vol"))
        with open(PAGE, encoding="utf-8") as file:
            programs = PROGRAM.findall(file.read())
        self.assertGreater(len(programs), 5)
        before, environment = os.getcwd(), dict(os.environ)
        os.chdir(self.folder.name)
        os.environ["GLOSSA"] = script
        names = {}
        try:
            with contextlib.redirect_stdout(io.StringIO()) as output:
                for program in programs:
                    exec(compile(program, PAGE, "exec"), names)
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(environment)
        for expected in ("['today.txt'] 12", "notes.txt remember the milk", "b'all is well\\n'"):
            self.assertIn(expected, output.getvalue())
