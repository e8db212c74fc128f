"""The tasks of package bench in PyTorch, as its users would write them.

    python3 pytorch.py WHERE        answers requests on standard input
    python3 pytorch.py WHERE memory NET

WHERE is a number of threads of the processor, "cuda", or "cuda-tf32" for products
in TF32. Each request is a line "task net repeat"; the answer is a line of JSON, the
seconds of each repetition, or a text that says why the task failed. The seconds are
the processor's with one thread, which other processes disturb least, those on the
wall else. On a GPU tasks are begun ten at a time and waited for once, since their
users need not look at every loss; ten make one repetition, of their mean. The task
"count" answers with the network's number of parameters. The first line of all says
what runs here.
"""

import json
import os
import sys
import time

cuda, tf32 = sys.argv[1].startswith("cuda"), sys.argv[1] == "cuda-tf32"
threads = 0 if cuda else int(sys.argv[1])
if threads:
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)

import torch  # after the number of threads is set
import torch.nn.functional as F
from torch import nn

if cuda:
    torch.set_default_device("cuda")
    # Without TF32, as ours by default, products in float32 proper.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True  # the fastest convolution, found by trying
else:
    torch.set_num_threads(threads)

BATCH, SAMPLES, EVALUATED = 128, 2048, 2000


def mnistfc():
    return nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.2),
        *(nn.Linear(784, 1024), nn.BatchNorm1d(1024), nn.ReLU(), nn.Dropout(0.2)),
        *(nn.Linear(1024, 1024), nn.BatchNorm1d(1024), nn.ReLU(), nn.Dropout(0.2)),
        nn.Linear(1024, 10),
    )


def tiny_fc():
    return nn.Sequential(nn.Flatten(), nn.Linear(49, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 5))


def lenet(c1=20, c2=50, hidden=500):
    return nn.Sequential(
        *(nn.Conv2d(1, c1, 5), nn.BatchNorm2d(c1), nn.MaxPool2d(3), nn.ReLU(), nn.Dropout(0.25)),
        *(nn.Conv2d(c1, c2, 5), nn.BatchNorm2d(c2), nn.MaxPool2d(2), nn.ReLU(), nn.Dropout(0.25)),
        nn.Flatten(),
        *(nn.Linear(4 * c2, hidden), nn.ReLU(), nn.Dropout(0.25)),
        nn.Linear(hidden, 10),
    )


def small_lenet_ch3():
    return nn.Sequential(
        *(nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU()),
        *(nn.Conv2d(10, 20, 5), nn.MaxPool2d(2), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(320, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def allcnn(c1=96, c2=192):
    layers, c = [nn.Dropout(0.2)], 3
    for i, (out, kernel) in enumerate(3 * [(c1, 3)] + 5 * [(c2, 3)] + [(10, 1)]):
        stride = 2 if i in (2, 5) else 1
        layers += [nn.Conv2d(c, out, kernel, stride, kernel // 2), nn.BatchNorm2d(out), nn.ReLU()]
        layers += [nn.Dropout(0.5)] if i in (2, 5) else []
        c = out
    return nn.Sequential(*layers, nn.AvgPool2d(8), nn.Flatten())


NETS = {"mnistfc": mnistfc, "lenet": lenet, "small-lenet-ch3": small_lenet_ch3, "allcnn": allcnn, "tiny-fc": tiny_fc}
SHAPES = {"allcnn": (3, 32, 32), "tiny-fc": (1, 7, 7)}
CLASSES = {"tiny-fc": 5}


class Tasks:
    """Each method does its task once; what comes before the first call is not timed."""

    def __init__(self, model, samples=SAMPLES, shape=(1, 28, 28), classes=10):
        torch.manual_seed(1)
        self.x = torch.randn(samples, *shape)
        self.y = torch.randint(0, classes, (samples,))
        self.model = model
        self.parameters = list(self.model.parameters())
        self.optimiser = torch.optim.SGD(self.parameters, lr=0.01, momentum=0.9, nesterov=True, fused=True)
        self.order, self.at = torch.randperm(samples), 0
        self.v = self.first = self.graph = self.pyhessian = self.curvlinops = None

    def batch(self):
        self.at = (self.at + BATCH) % len(self.x)
        index = self.order[self.at : self.at + BATCH]
        return self.x[index], self.y[index]

    def step(self):
        x, y = self.batch()
        self.model.train()
        self.optimiser.zero_grad()
        F.cross_entropy(self.model(x), y).backward()
        self.optimiser.step()

    def step_of_a_graph(self):
        """The same, recorded once: batches are copied to where the graph reads them."""
        x, y = self.batch()
        if self.graph is None:
            self.inputs = x.clone(), y.clone()
            self.model.train()

            def step():
                self.optimiser.zero_grad(set_to_none=False)
                F.cross_entropy(self.model(self.inputs[0]), self.inputs[1]).backward()
                self.optimiser.step()

            side = torch.cuda.Stream()
            with torch.cuda.stream(side):
                for _ in range(3):
                    step()
            torch.cuda.synchronize()
            self.graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graph):
                step()
        self.inputs[0].copy_(x)
        self.inputs[1].copy_(y)
        self.graph.replay()

    def gradient(self):
        self.model.eval()
        return torch.autograd.grad(F.cross_entropy(self.model(self.x[:BATCH]), self.y[:BATCH]), self.parameters)

    def with_graph(self):
        self.model.eval()
        loss = F.cross_entropy(self.model(self.x[:BATCH]), self.y[:BATCH])
        return torch.autograd.grad(loss, self.parameters, create_graph=True)

    def direction(self):
        if self.v is None:
            self.v = [torch.randn_like(p) for p in self.parameters]
        return self.v

    def product(self):
        """Double backward, forward and first backward included."""
        return torch.autograd.grad(self.with_graph(), self.parameters, self.direction())

    def product_again(self):
        """Of a second direction at the same weights: on the graph that is there."""
        if self.first is None:
            self.first = self.with_graph()
        return torch.autograd.grad(self.first, self.parameters, self.direction(), retain_graph=True)

    def of_pyhessian(self):
        """The graph of the gradient is made before the first task, and kept."""
        if self.pyhessian is None:
            from pyhessian import hessian

            # PyHessian 0.1 calls this for its tridiagonal matrices; current PyTorch has it no more.
            def eig(t, eigenvectors):
                values, vectors = torch.linalg.eigh(t)
                return torch.stack([values, torch.zeros_like(values)], 1), vectors

            torch.eig = eig
            data = self.x[:BATCH], self.y[:BATCH]
            self.pyhessian = hessian(self.model.eval(), nn.CrossEntropyLoss(), data=data, cuda=cuda)
        return self.pyhessian

    def product_of_pyhessian(self):
        from pyhessian.utils import hessian_vector_product

        h = self.of_pyhessian()
        return hessian_vector_product(h.gradsH, h.params, self.direction())

    def probe_of_pyhessian(self):
        return self.of_pyhessian().density(iter=100, n_v=1)

    def largest_of_pyhessian(self):
        return self.of_pyhessian().eigenvalues(top_n=5)

    def trace_of_pyhessian(self):
        return self.of_pyhessian().trace()

    def of_curvlinops(self):
        if self.curvlinops is None:
            from curvlinops import HessianLinearOperator

            data = [(self.x[:BATCH], self.y[:BATCH])]
            loss = nn.CrossEntropyLoss()
            self.curvlinops = HessianLinearOperator(self.model.eval(), loss, self.parameters, data, check_deterministic=False)
        return self.curvlinops

    def product_of_curvlinops(self):
        return self.of_curvlinops() @ self.direction()

    def probe_of_curvlinops(self):
        from curvlinops import lanczos_approximate_spectrum

        # With bounds it need not look for them first.
        return lanczos_approximate_spectrum(self.of_curvlinops(), 100, boundaries=(-10.0, 100.0))

    def largest_of_curvlinops(self):
        from scipy.sparse.linalg import eigsh

        return eigsh(self.of_curvlinops().to_scipy(), k=5, which="LA", tol=2e-4, return_eigenvectors=False)

    def trace_of_curvlinops(self):
        from curvlinops import xtrace

        return xtrace(self.of_curvlinops(), 20)

    def norms(self):
        """Squared norms of the gradients of single samples."""
        self.model.eval()
        weights = {k: p.detach() for k, p in self.model.named_parameters()}
        kept = dict(self.model.named_buffers())

        def loss(weights, x, y):
            z = torch.func.functional_call(self.model, (weights, kept), (x[None],))
            return F.cross_entropy(z, y[None])

        each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
        gradients = each(weights, self.x[:BATCH], self.y[:BATCH])
        return sum(g.flatten(1).square().sum(1) for g in gradients.values())

    def evaluate(self):
        self.model.eval()
        with torch.inference_mode():
            loss = wrong = 0.0
            for i in range(0, EVALUATED, 500):
                x, y = self.x[i : i + 500], self.y[i : i + 500]
                z = self.model(x)
                loss += F.cross_entropy(z, y, reduction="sum").item()
                wrong += (z.argmax(1) != y).sum().item()
            return loss / EVALUATED, wrong / EVALUATED


def versions():
    if cuda:
        chip = torch.cuda.get_device_name()
        return f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}, {chip}, TF32 {'on' if tf32 else 'off'}"
    blas = "MKL" if torch.backends.mkl.is_available() else "no MKL"
    onednn = "oneDNN" if torch.backends.mkldnn.is_available() else "no oneDNN"
    core = torch.backends.cpu.get_cpu_capability()
    return f"PyTorch {torch.__version__}, {blas}, {onednn}, {core}, {torch.get_num_threads()} threads"


def serve():
    tasks = {}
    print(versions(), flush=True)
    for line in sys.stdin:
        task, net, repeat = line.split()
        try:
            if net not in tasks:
                tasks[net] = of(net)
            if task == "count":
                answer = [sum(p.numel() for p in tasks[net].parameters)]
            else:
                answer = measure(getattr(tasks[net], task), int(repeat))
                tasks[net].first = None
        except Exception as e:
            answer = f"{type(e).__name__}: {e}"
        print(json.dumps(answer), flush=True)


def of(net):
    return Tasks(NETS[net](), shape=SHAPES.get(net, (1, 28, 28)), classes=CLASSES.get(net, 10))


def measure(do, repeat):
    clock = time.process_time if threads == 1 else time.perf_counter
    together, wait = (10, torch.cuda.synchronize) if cuda else (1, lambda: None)
    seconds = []
    for _ in range(-(-repeat // together)):
        start = clock()
        for _ in range(together):
            do()
        wait()
        seconds.append((clock() - start) / together)
    return seconds


def resident(field):
    """Kilobytes, from /proc/self/status."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


def memory(net):
    """Bytes that five steps need at their highest, above the process before, which has the libraries."""
    Tasks(lenet(2, 2, 2), samples=2).step()
    torch.randn(SAMPLES, 1, 28, 28)
    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")  # the peak starts anew
    idle = resident("VmRSS")
    tasks = of(net)
    for _ in range(5):
        tasks.step()
    print(1024 * (resident("VmHWM") - idle))


if __name__ == "__main__":
    memory(sys.argv[3]) if len(sys.argv) > 2 else serve()
