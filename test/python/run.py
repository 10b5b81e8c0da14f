"""Runs the test cases of this directory for glossa.test.ts, and prints the outcome of each as a line of JSON."""

import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class Result(unittest.TestResult):
    """Prints each outcome as soon as it is known."""

    def _print(self, test, status, text=""):
        print(json.dumps({"id": test.id(), "status": status, "text": text}), flush=True)

    def addSuccess(self, test):
        self._print(test, "passed")

    def addFailure(self, test, err):
        self._print(test, "failed", self._exc_info_to_string(err, test))

    addError = addFailure

    def addSkip(self, test, reason):
        self._print(test, "skipped", reason)


sys.path[:0] = [os.path.join(HERE, "../../python"), HERE]
unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:]).run(Result())
