"""Runs the tests of a directory; prints one line of JSON: the outcome of each by its name.

    python-tests.py DIRECTORY

An outcome is "ok", "skipped: REASON", or the traceback of a failure.
"""
import json
import sys
import unittest


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.by_name = {}

    def set(self, test, outcome):
        # The failure of a whole class has no method.
        name = getattr(test, "_testMethodName", str(test))
        self.by_name[name] = outcome

    def addSuccess(self, test):
        self.set(test, "ok")

    def addSkip(self, test, reason):
        self.set(test, f"skipped: {reason}")

    def addFailure(self, test, error):
        self.set(test, self._exc_info_to_string(error, test))

    addError = addFailure

    def addSubTest(self, test, part, error):
        """Of a test with parts: those that fail. addSuccess is called if none does."""
        if error is not None:
            before = self.by_name.get(test._testMethodName, "")
            self.set(test, f"{before}{part._subDescription()}\n{self._exc_info_to_string(error, test)}")


if __name__ == "__main__":
    outcomes = Outcomes()
    unittest.defaultTestLoader.discover(sys.argv[1]).run(outcomes)
    print(json.dumps(outcomes.by_name))
