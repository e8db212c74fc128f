"""Partial and stochastic differential equations in NumPy and SciPy.

    python3 smoothing.py THREADS

Each request is a line; the answer is a line of JSON, the seconds and a number that
both sides must agree on. Seconds are the processor's with one thread, those on the
wall else. The first line of all says what runs here.

    hopf-lax N T         min_y f(y) + (x-y)^2/2T over all pairs of N nodes; the mean
    cole-hopf N T BETA   the local entropy of f(x)+f(y) on N x N nodes, by cosine
                         transforms; its minimum
    heat N VARIANCE      f(x)+f(y) on N x N nodes, smoothed by cosine transforms; its
                         minimum
    fokker-planck N D DT STEPS   implicit steps of a density; its largest value
    walkers N D DT STEPS         Langevin dynamics in a double well; the mean of x^2

f is x^2 + 1.5 sin 2 pi x on [-3, 3].
"""

import json
import sys
import os
import time

threads = int(sys.argv[1])
for library in "OMP", "OPENBLAS", "MKL":
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set
import scipy
from scipy import fft, linalg


def f(x):
    return x**2 + 1.5 * np.sin(2 * np.pi * x)


def hopf_lax(n, t):
    n = int(n)
    x = np.linspace(-3, 3, n)
    v, u = f(x), np.empty(n)
    block = 4000000 // n  # rows whose distances are there at once, 32 MB
    clock = start()
    for i in range(0, n, block):
        u[i : i + block] = (v + (x[i : i + block, None] - x) ** 2 / (2 * t)).min(1)
    return clock(), u.mean()


def cole_hopf(n, t, beta):
    n = int(n)
    x = np.linspace(-3, 3, n)
    k = np.arange(n) * np.pi / (n * (x[1] - x[0]))
    decay = np.exp(-(k**2) * t / beta / 2)
    v = f(x)[:, None] + f(x)
    clock = start()
    least = v.min()
    e = fft.dctn(np.exp(-beta * (v - least)), type=2, workers=threads)
    e *= decay[:, None]
    e *= decay
    e = fft.idctn(e, type=2, workers=threads, overwrite_x=True)
    u = least - np.log(np.maximum(e, 1e-300)) / beta
    return clock(), u.min()


def heat(n, variance):
    n = int(n)
    x = np.linspace(-3, 3, n)
    k = np.arange(n) * np.pi / (n * (x[1] - x[0]))
    decay = np.exp(-(k**2) * variance / 2)
    v = f(x)[:, None] + f(x)
    clock = start()
    e = fft.dctn(v, type=2, workers=threads)
    e *= decay[:, None]
    e *= decay
    u = fft.idctn(e, type=2, workers=threads, overwrite_x=True)
    return clock(), u.min()


def fokker_planck(n, d, dt, steps):
    n = int(n)
    x = np.linspace(-3, 3, n)
    h = x[1] - x[0]
    z = np.diff(f(x)) / d
    right, left = dt * d / h**2 * z / np.expm1(z), -dt * d / h**2 * z / np.expm1(-z)
    ab = np.zeros((3, n))
    ab[0, 1:], ab[1], ab[2, :-1] = -left, 1, -right
    ab[1, :-1] += right
    ab[1, 1:] += left
    p = np.full(n, 1 / (n * h))
    clock = start()
    for _ in range(int(steps)):
        p = linalg.solve_banded((1, 1), ab, p, check_finite=False)
    return clock(), p.max()


def walkers(n, d, dt, steps):
    r = np.random.default_rng(1)
    x, z, g = np.zeros(int(n)), np.empty(int(n)), np.empty(int(n))
    s = np.sqrt(2 * d * dt)
    clock = start()
    for _ in range(int(steps)):
        np.multiply(x, x, out=g)
        g -= 1
        g *= x
        g *= dt
        x -= g
        r.standard_normal(out=z)
        z *= s
        x += z
    return clock(), np.mean(x**2)


def start():
    now = time.process_time if threads == 1 else time.perf_counter
    began = now()
    return lambda: now() - began


print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, {threads} threads", flush=True)
for line in sys.stdin:
    task, *numbers = line.split()
    run = {"hopf-lax": hopf_lax, "cole-hopf": cole_hopf, "heat": heat, "fokker-planck": fokker_planck, "walkers": walkers}[task]
    print(json.dumps([float(v) for v in run(*map(float, numbers))]), flush=True)
