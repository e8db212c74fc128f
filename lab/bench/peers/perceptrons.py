"""The solutions of a binary perceptron counted in NumPy, all weights in blocks.

    python3 perceptrons.py THREADS INPUTS FOLDER

FOLDER has the patterns, rows of INPUTS float64 numbers as they are in memory, with
the labels in them. Each request is a line; the answer is a line of JSON, the seconds
and the number of weights that are right for all patterns, the first of the weights' numbers
by errors. Seconds are the processor's
with one thread, those on the wall else. The first line of all says what runs here.

A block of weights times the patterns is one product of matrices: the high bits of a
weight's number give a field that the whole block shares, so that the low bits are made
once.
"""

import json
import os
import sys
import time

threads, inputs, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
for library in "OMP", "OPENBLAS", "MKL":
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set

PATTERNS = np.fromfile(os.path.join(folder, "patterns")).reshape(-1, inputs).astype("float32")
LOW = min(inputs, 14)  # a block of 2**14 weights: the fastest of 2**10 ... 2**18


def signs(bits):
    return 2 * ((np.arange(2**bits)[:, None] >> np.arange(bits)) & 1).astype("float32") - 1


def count():
    low = PATTERNS[:, :LOW] @ signs(LOW).T
    high = PATTERNS[:, LOW:] @ signs(inputs - LOW).T
    errors = np.zeros(len(PATTERNS) + 1, int)
    for field in high.T:
        wrong = (low < -field[:, None]).sum(axis=0, dtype="uint8")
        errors += np.bincount(wrong, minlength=len(errors))
    return int(errors[0])


print(f"NumPy {np.__version__}, {threads} threads", flush=True)
for line in sys.stdin:
    clock = time.process_time if threads == 1 else time.perf_counter
    start = clock()
    solutions = count()
    print(json.dumps([clock() - start, solutions]), flush=True)
