"""Processes out of equilibrium in NumPy and SciPy.

    python3 currents.py THREADS

Each request is a line; the answer is a line of JSON, the seconds and a number that
both sides must agree on. Seconds are the processor's with one thread, those on the
wall else. The first line of all says what runs here.

    stationary N   the stationary state of Example 6.43 on N x N nodes, by a sparse LU
                   factorisation; its largest density
    evolve N T     a density after the time T, by scipy.sparse.linalg.expm_multiply;
                   its largest value
    sinkhorn N EPS TOL   log-domain Sinkhorn with a falling epsilon; the plan's cost
"""

import json
import os
import sys
import time

threads = int(sys.argv[1])
for library in "OMP", "OPENBLAS", "MKL":
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set
import scipy
from scipy import sparse
from scipy.sparse import linalg
from scipy.special import logsumexp


def drift(x, y):
    phi = (x**2 - 1) ** 2 / 4 + y**2 / 2
    turn = 1.5 * np.exp(phi - (x**2 + y**2) ** 2 / 4)
    return -(x**2 - 1) * x - turn * y, -y + turn * x


def bernoulli(z):
    small = np.abs(z) < 1e-8
    return np.where(small, 1 - z / 2, np.divide(z, np.expm1(z), where=~small, out=np.ones_like(z)))


def generator(n):
    """Scharfetter and Gummel's rates; the columns have the sum 0."""
    x = np.linspace(-3, 3, n)
    h = x[1] - x[0]
    place = np.arange(n * n).reshape(n, n)
    rows, columns, rates = [], [], []
    for axis in 0, 1:
        a, b = (place[:-1], place[1:]) if axis == 0 else (place[:, :-1], place[:, 1:])
        u, v = x[a // n], x[a % n]
        du, dv = (h, 0) if axis == 0 else (0, h)
        at = [drift(u + t * du, v + t * dv)[axis] for t in (0, 0.5, 1)]
        d = h * (at[0] + 4 * at[1] + at[2]) / 6
        ahead, back = bernoulli(-d) / h**2, bernoulli(d) / h**2
        a, b, ahead, back = a.ravel(), b.ravel(), ahead.ravel(), back.ravel()
        rows += [b, a, a, b]
        columns += [a, a, b, b]
        rates += [ahead, -ahead, back, -back]
    return h, sparse.csc_matrix((np.concatenate(rates), (np.concatenate(rows), np.concatenate(columns))))


def stationary(n):
    n = int(n)
    clock = start()
    h, L = generator(n)
    # The density of the middle node is 1: its row and column go.
    middle = n * n // 2
    keep = np.delete(np.arange(n * n), middle)
    p = np.ones(n * n)
    # The order of SuperLU that is fastest here: who is a neighbour goes both ways.
    p[keep] = linalg.spsolve(L[keep][:, keep], -L[keep, middle].toarray().ravel(), permc_spec="MMD_AT_PLUS_A")
    p /= p.sum() * h * h
    return clock(), p.max()


def evolve(n, t):
    n = int(n)
    clock = start()
    h, L = generator(n)
    p = linalg.expm_multiply(L.tocsr() * t, np.ones(n * n))
    return clock(), p.max()


def sinkhorn(n, eps, tolerance):
    n = int(n)
    i = np.arange(n)[:, None]
    x = (0.5 + i * np.array([0.7548776662466927, 0.5698402909980532])) % 1
    y = x**2
    c = ((x[:, None] - y) ** 2).sum(2)
    clock = start()
    f, g, log = np.zeros(n), np.zeros(n), -np.log(n)
    width = max(eps, c.max() - c.min())
    while True:
        last = width == eps
        for k in range(10000 if last else 50):
            f = -width * logsumexp((g - c) / width + log, axis=1)
            g = -width * logsumexp((f[:, None] - c) / width + log, axis=0)
            if k % 10 == 9:
                again = -width * logsumexp((g - c) / width + log, axis=1)
                if np.abs(np.expm1((f - again) / width)).mean() <= (tolerance if last else 1e-2):
                    break
        if last:
            break
        width = max(eps, width / 2)
    plan = np.exp((f[:, None] + g - c) / width + 2 * log)
    return clock(), (plan * c).sum()


def start():
    now = time.process_time if threads == 1 else time.perf_counter
    began = now()
    return lambda: now() - began


print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, {threads} threads", flush=True)
for line in sys.stdin:
    task, *numbers = line.split()
    run = {"stationary": stationary, "evolve": evolve, "sinkhorn": sinkhorn}[task]
    print(json.dumps([float(v) for v in run(*map(float, numbers))]), flush=True)
