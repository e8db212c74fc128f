"""t-SNE by openTSNE: exact neighbours, FFT.

    python3 maps.py THREADS FOLDER

FOLDER has the points, float64 numbers as they are in memory. Each request is a line
"map N EARLY LATE": how many points, and how many iterations with exaggeration and
after them; the answer is a line of JSON, the seconds and the KL divergence. Seconds
are the processor's with one thread, those on the wall else. The first line of all
says what runs here.
"""

import json
import os
import sys
import time

threads, folder = int(sys.argv[1]), sys.argv[2]
for library in "OMP", "OPENBLAS", "MKL":
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set
import openTSNE

POINTS = np.fromfile(os.path.join(folder, "points"))


def embed(n, early, late):
    x = POINTS.reshape(n, -1)
    p = openTSNE.affinity.PerplexityBasedNN(x, perplexity=30, method="exact", n_jobs=threads, random_state=0)
    start = openTSNE.initialization.pca(x, random_state=0)
    y = openTSNE.TSNEEmbedding(start, p, negative_gradient_method="fft", n_jobs=threads, random_state=0)
    y.optimize(early, exaggeration=12, inplace=True)
    y.optimize(late, exaggeration=1, inplace=True)
    return y.kl_divergence


print(f"openTSNE {openTSNE.__version__}, NumPy {np.__version__}, {threads} threads", flush=True)
for line in sys.stdin:
    n, early, late = (int(v) for v in line.split()[1:])
    clock = time.process_time if threads == 1 else time.perf_counter
    start = clock()
    kl = embed(n, early, late)
    print(json.dumps([clock() - start, kl]), flush=True)
