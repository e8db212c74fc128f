"""Gradient descents on 3-spin glasses in NumPy, many at once.

    python3 descents.py THREADS PRECISION FOLDER

FOLDER has the glass, float64 numbers as they are in memory: couplings (N x N x N),
field (N), starts (rows of N). All is computed in PRECISION, float32 or float64. Each
request is a line "descents FIELD ROWS", the strength of the field and how many of the
starts; the answer is a line of JSON, the seconds and the steps that all rows have
made. Seconds are the processor's with one thread, those on the wall else. The first
line of all says what runs here.

The gradients are one product of matrices: the products of pairs of spins, times
couplings that are packed by the symmetry of pairs. Rows that have arrived are taken
out every ten steps, so that it stays full.
"""

import json
import math
import os
import sys
import time

threads, precision, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
for library in "OMP", "OPENBLAS", "MKL":
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set


def read(name):
    return np.fromfile(os.path.join(folder, name))


FIELD, STARTS = read("field"), read("starts")
N = len(FIELD)
STARTS = STARTS.reshape(-1, N)
BLOCK = 512  # rows whose products of pairs are there at once, 20 MB: the fastest of 128 ... 2048


def pack(couplings):
    """The matrix of pairs j <= k by l whose product with the pairs is -dH/ds_l."""
    j = couplings.reshape(N, N, N)
    s = sum(j.transpose(p) for p in [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]) / 6
    s = s * (3 / N)
    rows = []
    for a in range(N):
        block = 2 * s[a, a:]
        block[0] /= 2
        rows.append(block)
    return np.ascontiguousarray(np.concatenate(rows))


PACKED = pack(read("couplings")).astype(precision)
PAIRS = np.empty((BLOCK, len(PACKED)), precision)
FIELD, STARTS = FIELD.astype(precision), STARTS.astype(precision)


def gradients(x, field, g):
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]
        pairs, at = PAIRS[: len(block)], 0
        for a in range(N):
            np.multiply(block[:, a : a + 1], block[:, a:], out=pairs[:, at : at + N - a])
            at += N - a
        np.matmul(pairs, PACKED, out=g[start : start + BLOCK])
    g += field
    np.negative(g, out=g)


def descend(strength, rows, rate=0.1, tolerance=1e-4):
    x, field = STARTS[:rows].copy(), strength * FIELD
    buffer, total = np.empty_like(x), 0
    while len(x):
        g = buffer[: len(x)]
        going = np.ones(len(x), bool)
        for _ in range(10):
            gradients(x, field, g)
            g -= (np.einsum("ij,ij->i", x, g) / N)[:, None] * x
            going &= np.einsum("ij,ij->i", g, g) > tolerance**2
            total += int(going.sum())
            g *= (np.asarray(-rate, precision) * going)[:, None]
            g += x
            g *= (math.sqrt(N) / np.sqrt(np.einsum("ij,ij->i", g, g)))[:, None]
            x, g = g, x
        buffer = np.empty_like(x)
        x = x[going]
    return total


def versions():
    try:
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        blas = f"{blas['name']} {blas['version']}"
    except Exception:
        blas = "its BLAS"
    core = os.environ.get("OPENBLAS_CORETYPE", "chosen by the library")
    a = np.random.rand(1024, 1024).astype(precision)
    a @ a
    best = min(timed(lambda: a @ a) for _ in range(5))
    return f"NumPy {np.__version__}, {blas}, kernels {core}, {threads} threads, {2 * 1.024**3 / best:.0f} GF/s in products of size 1024"


def timed(f, clock=time.perf_counter):
    start = clock()
    f()
    return clock() - start


print(versions(), flush=True)
for line in sys.stdin:
    _, strength, rows = line.split()
    clock = time.process_time if threads == 1 else time.perf_counter
    start = clock()
    steps = descend(float(strength), int(rows))
    print(json.dumps([clock() - start, steps]), flush=True)
