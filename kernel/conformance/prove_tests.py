"""Proves the tests: the reference kernel, ipykernel, passes each of them.

Run: python prove_tests.py
ipykernel now and then loses an interrupt on a busy machine, so a test that
fails there is tried again, twice; a wrong test fails all three times.
"""

import os
import sys
import unittest

os.environ["KERNEL"] = "python3"  # before the tests read it

TRIES = 3


def main():
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(["test_conformance", "test_protocol", "test_debug", "test_torture", "test_widgets"])
    total = suite.countTestCases()
    for _ in range(TRIES):
        result = unittest.TextTestRunner(verbosity=0).run(suite)
        if result.wasSuccessful():
            print(f"{total} tests hold for the reference kernel")
            return 0
        suite = loader.loadTestsFromNames(sorted({name(test) for test, _ in result.failures + result.errors}))
    print(f"not even the reference kernel passes: {sorted(name(t) for t, _ in result.failures + result.errors)}")
    return 1


def name(test):
    """module.Class.method, also of a sub-test; module.Class where setting the class up failed."""
    test = getattr(test, "test_case", test)
    full = test.id()
    return full.partition("(")[2].rstrip(")") if full.startswith("setUpClass") else full


if __name__ == "__main__":
    sys.exit(main())
