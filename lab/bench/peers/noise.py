"""The spectrum of the diffusion matrix of small-lenet in PyTorch and NumPy.

    python3 noise.py THREADS FOLDER

FOLDER has images, labels and weights, as raw float64. Each request is a line
"route samples"; the answer is a line of JSON, the seconds and the largest eigenvalue.
The seconds are the processor's with one thread, those on the wall else. The routes:

    gram      the N x N products of the centred gradients, then eigvalsh
    matrix    D itself, d x d, then eigvalsh, as one does who wants its spectrum
"""

import json
import os
import sys
import time

threads, folder = int(sys.argv[1]), sys.argv[2]
for library in ("OMP", "MKL", "OPENBLAS"):
    os.environ[library + "_NUM_THREADS"] = str(threads)

import numpy as np  # after the number of threads is set
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(threads)


def read(name):
    return torch.from_numpy(np.fromfile(os.path.join(folder, name)).astype(np.float32))


model = nn.Sequential(
    *(nn.Conv2d(1, 8, 5), nn.BatchNorm2d(8), nn.MaxPool2d(3), nn.ReLU()),
    *(nn.Conv2d(8, 16, 5), nn.BatchNorm2d(16), nn.MaxPool2d(2), nn.ReLU()),
    *(nn.Flatten(), nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 10)),
).eval()
nn.utils.vector_to_parameters(read("weights"), model.parameters())
images, labels = read("images").reshape(-1, 1, 28, 28), read("labels").long()
weights = {k: p.detach() for k, p in model.named_parameters()}
kept = dict(model.named_buffers())


def loss(weights, x, y):
    return F.cross_entropy(torch.func.functional_call(model, (weights, kept), (x[None],)), y[None])


each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))


def gradients(n, chunk=500):
    rows = []
    for i in range(0, n, chunk):
        g = each(weights, images[i : min(i + chunk, n)], labels[i : min(i + chunk, n)])
        rows.append(torch.cat([g[k].flatten(1) for k in weights], 1))
    g = torch.cat(rows).numpy()
    return g - g.mean(0)


def spectrum(route, n):
    g = gradients(n)
    return np.linalg.eigvalsh((g @ g.T if route == "gram" else g.T @ g) / n)


print(f"PyTorch {torch.__version__}, NumPy {np.__version__}, {threads} threads", flush=True)
clock = time.process_time if threads == 1 else time.perf_counter
for line in sys.stdin:
    route, n = line.split()
    start = clock()
    values = spectrum(route, int(n))
    print(json.dumps([clock() - start, float(values[-1])]), flush=True)
