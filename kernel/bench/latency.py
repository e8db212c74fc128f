"""How long a user waits, beside ipykernel, in one run.

Run: python kernel/bench/latency.py [--rounds 10] [--start 5] [--cells 1000] [--strict]
It needs the installed kernel, jupyter_client, psutil, go on the PATH, and for a
slider under ipykernel ipywidgets and matplotlib.

Every number is a median; the kernels take turns, so that a busy machine is
busy for both. Times are what a front end sees, from sending the request to the
reply on the shell channel. Memory is the resident set of the kernel and its
children, one second after the last cell. With --strict a missed goal fails.

--cells N, for some minutes by itself: N new cells in a row, and N runs of an
unchanged one; what each adds to memory that belongs to the session process
alone (pages of the cells' files, which the system may drop, are counted apart).
Measured: 0.47 MB for a new cell, 0.001 MB for a run of an unchanged one.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "conformance"))

from frontend import kernel, process, sessions  # noqa: E402
from jupyter_client.manager import KernelManager  # noqa: E402
from slider import Slider  # noqa: E402

STEPS = 10**7

# name -> the texts that each kernel is asked. {n} makes a text new.
TEXTS = {
    "glassy": {
        "first": 'fmt.Println("hello")',
        "new": 'v{n} := {n} * 3\nfmt.Println("cell", v{n})',
        "same": 'fmt.Println("unchanged")',
        "complete": "strings.TrimLe",
        "inspect": "strings.TrimLeft",
        "loop": (
            "began := time.Now()\nsum := 0.0\nfor i := 0; i < 10_000_000; i++ {\n\tsum += float64(i&7) * 0.5\n}\n"
            'fmt.Println("took", time.Since(began).Seconds(), sum)'
        ),
        "function": (
            "func loop() float64 {\n\tsum := 0.0\n\tfor i := 0; i < 10_000_000; i++ {\n\t\tsum += float64(i&7) * 0.5\n\t}\n"
            '\treturn sum\n}\nstart := time.Now()\ntotal := loop()\nfmt.Println("took", time.Since(start).Seconds(), total)'
        ),
    },
    "python3": {
        "first": "print('hello')",
        "new": "v{n} = {n} * 3\nprint('cell', v{n})",
        "same": "print('unchanged')",
        "complete": "import string; string.asc",
        "inspect": "str.strip",
        "loop": (
            "import time\nbegan = time.perf_counter()\ntotal = 0.0\nfor i in range(10_000_000):\n    total += float(i & 7) * 0.5\n"
            "print('took', time.perf_counter() - began, total)"
        ),
    },
}

PROGRAM = """package main

import (
	"fmt"
	"time"
)

func loop() float64 {
	sum := 0.0
	for i := 0; i < 10_000_000; i++ {
		sum += float64(i&7) * 0.5
	}
	return sum
}

func main() {
	for range 10 {
		began := time.Now()
		total := loop()
		fmt.Println("took", time.Since(began).Seconds(), total)
	}
}
"""


def timed(do):
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def start_once(name):
    """Seconds from starting the process to its first kernel_info reply, and to the reply to a first cell."""
    manager = KernelManager(kernel_name=name)
    began = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        wanted = client.kernel_info()
        while client.get_shell_msg(timeout=120)["parent_header"].get("msg_id") != wanted:
            pass
        ready = time.perf_counter() - began
        client.execute_interactive(TEXTS[name]["first"], output_hook=lambda _: None, timeout=120)
        return ready, time.perf_counter() - began
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def took(text):
    return [float(seconds) for seconds in re.findall(r"took (\S+)", text)]


def live(name, client, slider, rounds, n):
    """One round of everything that a running kernel is asked: {row: [seconds]}."""
    text = TEXTS[name]
    rows = {"new cell": [], "unchanged cell": [], "completion": [], "inspect": [], "slider step": []}
    for _ in range(rounds):
        n += 1
        rows["new cell"].append(timed(lambda: client.reply(client.send(text["new"].replace("{n}", str(n))))))
        rows["unchanged cell"].append(timed(lambda: client.reply(client.send(text["same"]))))
        question = text["complete"]
        rows["completion"].append(timed(lambda: client.ask("complete_request", _at_end(question))))
        question = text["inspect"]
        rows["inspect"].append(timed(lambda: client.ask("inspect_request", _at_end(question) | {"detail_level": 0})))
        rows["slider step"].append(slider.step())
    return rows


def _at_end(code):
    return {"code": code, "cursor_pos": len(code)}


def memory(manager):
    """(kernel, its children), resident MB."""
    time.sleep(1)
    mb = [p.memory_info().rss / 1e6 for p in [process(manager), *sessions(manager)]]
    return mb[0], sum(mb[1:])


def private(manager):
    """MB that belong to the session process alone, and MB of it in pages of files, when it has rested."""
    time.sleep(3)
    [session] = sessions(manager)
    rollup = Path(f"/proc/{session.pid}/smaps_rollup").read_text()
    kb = {name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB", rollup, re.MULTILINE)}
    return kb["Anonymous"] / 1e3, (kb["Rss"] - kb["Anonymous"]) / 1e3


def many_cells(cells):
    """Prints what new cells and unchanged ones add to memory, the first tenth left out."""
    with kernel("glassy") as (manager, client):
        for what, text in (("new", TEXTS["glassy"]["new"]), ("unchanged", TEXTS["glassy"]["same"])):
            seconds = []
            for n in range(cells):
                if n == cells // 10:
                    before, ours = private(manager), process(manager).memory_info().rss / 1e6
                code = text.replace("{n}", str(n))
                seconds.append(timed(lambda: client.run(code)))
            after, now = private(manager), process(manager).memory_info().rss / 1e6
            own, files = ((b - a) / (cells - cells // 10) for a, b in zip(before, after))
            tenth = cells // 10
            first, last = (statistics.median(part) * 1e3 for part in (seconds[:tenth], seconds[-tenth:]))
            print(
                f"{cells} {what} cells, each: session process {own:.3f} MB of its own, {files:.3f} MB of files; "
                f"kernel {(now - ours) / (cells - tenth):.3f} MB; first tenth {first:.1f} ms, last {last:.1f} ms"
            )


def compiled_go():
    """Seconds of the loop in a compiled Go program, the median of its ten."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "main.go")
        source.write_text(PROGRAM)
        out = subprocess.run(["go", "run", str(source)], cwd=folder, check=True, capture_output=True, text=True).stdout
    return statistics.median(took(out))


def measure(rounds, starts):
    """{kernel: {row: value}}; seconds, or MB where the row says so."""
    found = {name: {} for name in TEXTS}
    begun = {name: ([], []) for name in TEXTS}
    for name in TEXTS:
        start_once(name)  # files into the page cache, packages into their caches
    for _ in range(starts):
        for name in TEXTS:
            for series, seconds in zip(begun[name], start_once(name)):
                series.append(seconds)
    for name, (ready, first) in begun.items():
        found[name]["start to first reply"] = statistics.median(ready)
        found[name]["start to first cell"] = statistics.median(first)

    with kernel("glassy") as ours, kernel("python3") as theirs:
        running = {"glassy": ours, "python3": theirs}
        series = {name: {} for name in TEXTS}
        sliders = {name: Slider(name, client) for name, (_, client) in running.items()}
        for name, (_, client) in running.items():
            live(name, client, sliders[name], 1, 0)
        for n in range(rounds):
            for name, (_, client) in running.items():
                for row, seconds in live(name, client, sliders[name], 1, n + 1).items():
                    series[name].setdefault(row, []).extend(seconds)
        for name, (manager, client) in running.items():
            found[name] |= {row: statistics.median(all_) for row, all_ in series[name].items()}
            found[name]["memory, kernel (MB)"], found[name]["memory, session (MB)"] = memory(manager)
            for row in ("loop", "function"):
                if row in TEXTS[name]:
                    words = f"10^7 steps, {'in a cell' if row == 'loop' else 'in a function of a cell'}"
                    found[name][words] = statistics.median(
                        took("".join(client.run(TEXTS[name][row]).text() for _ in range(5)))
                    )
    return found


def goals(found, loop):
    """(what, value, limit) of the project's own goals."""
    ours, theirs = found["glassy"], found["python3"]
    yield "start to first reply at most ipykernel's", ours["start to first reply"], theirs["start to first reply"]
    yield "new cell 0.2 s", ours["new cell"], 0.2
    yield "unchanged cell 10 ms", ours["unchanged cell"], 0.010
    yield "completion 10 ms", ours["completion"], 0.010
    for row in ("unchanged cell", "completion", "inspect", "slider step"):
        yield f"{row} at most ipykernel's", ours[row], theirs[row]
    yield "10^7 steps in a cell within 1.5 of compiled Go", ours["10^7 steps, in a cell"], 1.5 * loop
    yield "10^7 steps in a function within 1.5", ours["10^7 steps, in a function of a cell"], 1.5 * loop


def show(found, loop):
    rows = list(dict.fromkeys(row for values in found.values() for row in values))
    print(f"{'':40} {'glassy':>10} {'ipykernel':>10}")
    for row in rows:
        cells = [
            "" if value is None else f"{value:.1f}" if "(MB)" in row else f"{value * 1e3:.1f} ms"
            for value in (found[name].get(row) for name in TEXTS)
        ]
        print(f"{row:40} {cells[0]:>10} {cells[1]:>10}")
    print(f"{'10^7 steps, compiled Go':40} {loop * 1e3:>7.1f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="of cells, completions and inspections")
    parser.add_argument("--start", type=int, default=5, help="of kernel starts")
    parser.add_argument("--cells", type=int, help="in a row, for what they add to memory; nothing else is measured")
    parser.add_argument("--strict", action="store_true", help="a missed goal fails")
    args = parser.parse_args()
    if args.cells:
        return many_cells(args.cells)
    found = measure(args.rounds, args.start)
    loop = compiled_go()
    show(found, loop)
    print()
    missed = 0
    for what, value, limit in goals(found, loop):
        missed += value > limit
        print(f"{'met   ' if value <= limit else 'MISSED'}  {what}: {value * 1e3:.1f} ms, limit {limit * 1e3:.1f} ms")
    return 1 if missed and args.strict else 0


if __name__ == "__main__":
    sys.exit(main())
