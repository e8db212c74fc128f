"""The same notebook through Jupyter's nbclient and through `glassy run`: equal numbers, equal figures.

Run: python compare_notebook.py NOTEBOOK OUTDIR [--glassy GLASSY]
Both executed notebooks and the figures of both stay in OUTDIR. The outputs that
NOTEBOOK itself keeps must be those, too.

Texts are compared as they are, but for lengths of time ("1.2 ms", "1m20s").
Progress bars are left out: whether work is long enough to show one depends on the day.
SVG is compared likewise, after its ids, which are made unique on each run.
PNG is compared as pixels: any difference counts, for the engine is the same.

The two run at the same time, each on a copy in a folder of its own, OUTDIR/jupyter
and OUTDIR/glassy: a file that a cell writes is not the other's to read or remove.

A cell tagged "measured" has results that depend on the processor, as training
does: a matrix product of another machine rounds otherwise. The two runs must
agree on them as on all else; what NOTEBOOK keeps must only have the same words
in the same places, and pictures where it has them. That the numbers are right
such a notebook checks itself, in a cell that fails when they are not.

A cell tagged "timed" shows how long something took, or a sample of a computation
taken when there was time for it: only which outputs it has is compared. One
tagged "raises-exception" shows an error; in any other cell an error is a failure.
"""

import argparse
import base64
import io
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image, ImageChops

TIME = re.compile(r"\b(\d+h)?(\d+m)?\d+(\.\d+)?\s?(ns|µs|us|ms|s|min)\b")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
COLUMN = re.compile(r"[^\S\n]+") # the blanks that make a column as wide as its longest number
BAR = re.compile(r"[█░]{30} \d|^.* \d+, \S+s$") # a progress bar, or a count of work of unknown length, in the text that is all of a display
PICTURE = re.compile(r"base64,[\w+/=]+") # inside a page
IDS = re.compile(r'(\bid="|href="#|url\(#)[^")]*')
VIEW = "application/vnd.jupyter.widget-view+json"  # names a widget of one running kernel


def copied(source: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(source, folder))


def by_nbclient(source: Path, target: Path):
    book = nbformat.read(source, as_version=4)
    NotebookClient(book, timeout=900, resources={"metadata": {"path": str(source.parent)}}).execute()
    nbformat.validate(book)
    nbformat.write(book, target)
    return book


def by_glassy(glassy: str, source: Path, target: Path):
    subprocess.run([glassy, "run", str(source), "-o", str(target)], check=True)
    book = nbformat.read(target, as_version=4)
    nbformat.validate(book)
    return book


def forms(book):
    """(cell, output, MIME type or stream name) -> what is there; streams of one name that touch are joined."""
    found = {}
    for c, cell in enumerate(book.cells):
        if cell.cell_type != "code":
            continue
        last = n = None
        for out in cell.outputs:
            if out.output_type == "stream" and last == ("stream", out.name):
                found[c, n, out.name] += out.text
                continue
            if set(out.get("data", ())) == {"text/plain"} and BAR.search(out.data["text/plain"]):
                continue
            n = 0 if n is None else n + 1
            last = (out.output_type, out.get("name"))
            if out.output_type == "stream":
                found[c, n, out.name] = out.text
            elif out.output_type == "error":
                found[c, n, "error"] = f"{out.ename}: {out.evalue}"
            else:
                for mime, data in out.data.items():
                    found[c, n, mime] = data
    return found


def tagged(book, tag):
    """The numbers of the cells with a tag."""
    return {c for c, cell in enumerate(book.cells) if tag in cell.metadata.get("tags", [])}


def same(kind, a, b, loosely):
    """An empty string, or what differs."""
    if kind == VIEW or loosely and kind.startswith("image/"):
        return ""
    if kind == "image/png":
        first, second = (Image.open(io.BytesIO(base64.b64decode(x))).convert("RGBA") for x in (a, b))
        if first.size != second.size:
            return f"sizes {first.size} and {second.size}"
        box = ImageChops.difference(first, second).getbbox()
        return f"pixels differ within {box}" if box else ""
    if not isinstance(a, str):
        return "" if a == b else f"{a!r} and {b!r}"
    a, b = TIME.sub("T", a), TIME.sub("T", b)
    if kind == "image/svg+xml":
        a, b = IDS.sub(r"\1", a), IDS.sub(r"\1", b)
    if loosely:
        a, b = (COLUMN.sub(" ", NUMBER.sub("N", PICTURE.sub("", x))) for x in (a, b))
    for x, y in zip(a.splitlines(), b.splitlines()):
        if x != y:
            return f"\n    {x[:200]}\n    {y[:200]}"
    return "" if a == b else f"{len(a.splitlines())} and {len(b.splitlines())} lines"


def differences(first, a, second, b, timed, loosely=frozenset()):
    lines = [f"{key}: only in {first if key in a else second}" for key in sorted(a.keys() ^ b.keys())]
    for key in sorted(key for key in a.keys() & b.keys() if key[0] not in timed):
        if text := same(key[2], a[key], b[key], key[0] in loosely):
            lines.append(f"{key}, {first} and {second}: {text}")
    return lines


def figures(book, folder: Path, stem: str):
    """Writes the figures of an executed notebook; returns their files."""
    suffix = {"image/png": ".png", "image/svg+xml": ".svg"}
    files = []
    for (c, n, kind), data in forms(book).items():
        if kind in suffix:
            file = folder / f"{stem}-{c}-{n}{suffix[kind]}"
            file.write_bytes(base64.b64decode(data) if kind == "image/png" else data.encode())
            files.append(file)
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--glassy", default="glassy")
    args = parser.parse_args()
    args.outdir.mkdir(parents=True, exist_ok=True)
    stem = args.notebook.stem
    with ThreadPoolExecutor() as pool:  # both at once
        beside = pool.submit(by_glassy, args.glassy, copied(args.notebook, args.outdir / "glassy"), args.outdir / f"{stem}.glassy.ipynb")
        theirs = by_nbclient(copied(args.notebook, args.outdir / "jupyter"), args.outdir / f"{stem}.jupyter.ipynb")
        ours = beside.result()

    book = nbformat.read(args.notebook, as_version=4)
    kept, a, b = forms(book), forms(theirs), forms(ours)
    timed, fails = tagged(book, "timed"), tagged(book, "raises-exception")
    wrong = differences("jupyter", a, "glassy", b, timed)
    wrong += differences("the file", kept, "glassy", b, timed, tagged(book, "measured"))
    wrong += [f"{key}: {text}" for key, text in b.items() if key[2] == "error" and key[0] not in fails]
    drawn = figures(theirs, args.outdir, stem + "-jupyter") and figures(ours, args.outdir, stem + "-glassy")
    if not drawn:
        wrong.append("no figure in the notebook")
    for line in wrong:
        print("differs:", line, file=sys.stderr)
    print(f"{args.notebook.name}: {len(a)} outputs compared, {len(drawn)} figure files, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
