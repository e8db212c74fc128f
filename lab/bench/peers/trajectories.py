"""Spectra and correlations of a trajectory in NumPy.

    python3 trajectories.py THREADS

Each request is a line "task T d K"; the answer is a line of JSON, the seconds and a
number that both sides must agree on. Seconds are the processor's with one thread, those
on the wall else. The first line of all says what runs here.

    amplitudes     mean and standard deviation over the coordinates of |Y_f|, Y the
                   transforms of the increments; the mean of the means
    correlations   mean and standard deviation over the coordinates of the
                   autocorrelation at the lags to K, by transforms; the last mean
    transforms     the transforms alone, of all points but the last, coordinate by
                   coordinate in memory; the sum of the real parts of the first frequency
    transforms-of-SciPy   the same in SciPy, which has threads

x is sin(k^2/1000 + i), T points of d coordinates, point by point.
"""

import json
import os
import sys
import time

threads = int(sys.argv[1])
for library in "OMP", "OPENBLAS", "MKL":
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set


def amplitudes(x, lags):
    clock = start()
    y = np.abs(np.fft.rfft(np.diff(x, axis=0), axis=0))
    mean, _ = y.mean(axis=1), y.std(axis=1, ddof=1)
    return clock(), mean.mean()


def correlations(x, lags):
    clock = start()
    t = len(x)
    x = x - x.mean(axis=0)
    y = np.fft.rfft(x, n=smooth(t + lags), axis=0)
    r = np.fft.irfft(y.real**2 + y.imag**2, n=smooth(t + lags), axis=0)[: lags + 1]
    r /= r[0]
    mean, _ = r.mean(axis=1), r.std(axis=1, ddof=1)
    return clock(), mean[lags]


def transforms(x, lags):
    x = np.ascontiguousarray(x[:-1].T)
    clock = start()
    y = np.fft.rfft(x, axis=1)
    return clock(), y[:, 1].real.sum()


def transforms_of_scipy(x, lags):
    from scipy import fft

    x = np.ascontiguousarray(x[:-1].T)
    clock = start()
    y = fft.rfft(x, axis=1, workers=threads)
    return clock(), y[:, 1].real.sum()


def smooth(n):
    """The least number of at least n without prime factors above 5."""
    while True:
        m = n
        for p in 2, 3, 5:
            while m % p == 0:
                m //= p
        if m == 1:
            return n
        n += 1


def start():
    now = time.process_time if threads == 1 else time.perf_counter
    began = now()
    return lambda: now() - began


print(f"NumPy {np.__version__}, {threads} threads", flush=True)
kept = {}
for line in sys.stdin:
    task, *numbers = line.split()
    t, d, lags = map(int, numbers)
    if (t, d) not in kept:
        k = np.arange(t)[:, None] * 1.0
        kept[t, d] = np.sin(1e-3 * k * k + np.arange(d))
    run = {"amplitudes": amplitudes, "correlations": correlations, "transforms": transforms, "transforms-of-SciPy": transforms_of_scipy}[task]
    print(json.dumps([float(v) for v in run(kept[t, d], lags)]), flush=True)
