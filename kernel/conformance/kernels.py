"""The kernels that the tests run against, and what to say to each in its language.

The tests of the protocol name what a cell does ("loop", "set", "get"); this
table gives its text. They run against ipykernel too, which proves the tests:
a test that the reference kernel fails is a wrong test.
"""

import os
from dataclasses import dataclass, replace


@dataclass
class Kernel:
    name: str  # of the kernelspec
    language: str
    extension: str

    # Text that prints, fails, and shows.
    hello: str  # prints "hello, world"
    stderr: str  # prints anything on stderr
    error: str  # fails at once
    slow_error: str  # fails after 0.3 s, so that what was sent after it is in the queue
    pager: str  # asks for help in the pager
    results: list  # (code, text/plain)
    displays: list  # (code, MIME type)
    clear: str  # sends clear_output
    update: str  # shows "first" and then "second" under one display id
    order: str  # prints a to stdout, b to stderr, c to stdout
    lines: str  # prints the numbers 0 to 99999, one a line
    million: str  # prints the numbers 0 to 999999, one a line
    huge: str  # shows 100 MB of text as its value

    # Text that keeps state.
    set: str  # makes the variable x hold {value}
    get: str  # shows x as execute_result
    add: str  # adds one to x
    define: str  # defines the function twice
    call: str  # shows twice(21) as execute_result
    blank: str  # does nothing and shows nothing

    # Text for the debugger: the function twice, whose lines 2 and 3 make m of n and
    # return it, and line 5, which keeps twice(21).
    debugged: str
    debugged_result: str  # shows what was kept
    list: str  # makes xs hold 5, 6 and 7

    # Text that never ends by itself; each prints "started" first.
    endless: dict

    # Text that asks the user.
    ask: str  # reads a line with no prompt text needed, prints "got:" and the line

    # Questions about text.
    complete: list  # (text, matches or None)
    complete_wide: tuple  # (text before the cursor, with a character outside the BMP; index where the word starts)
    whole: list
    part: list
    wrong: list
    inspect: str

    history: tuple = ("tail", "range", "search")
    may_skip: tuple = ()  # reasons for which the published suite may skip a test of this kernel
    scratch: str = ""  # pattern of the folders that running kernels keep, below the user's cache folder
    session_child: bool = False  # user memory lives in a child of the kernel's process
    goroutine: str = ""  # panics with "lost in a goroutine" there
    exit: str = ""  # asks to end the process that runs it
    die: str = ""  # ends the process that runs it, past all catching


PYTHON = Kernel(
    name="python3",
    language="python",
    extension=".py",
    hello="print('hello, world')",
    stderr="import sys; print('oops', file=sys.stderr)",
    error="raise ValueError('boom')",
    slow_error="import time; time.sleep(0.3); raise ValueError('boom')",
    pager="print?",
    results=[("6 * 7", "42"), ("'a' + 'b'", "'ab'")],
    displays=[("from IPython.display import HTML, display; display(HTML('<b>bold</b>'))", "text/html")],
    clear="from IPython.display import clear_output; clear_output()",
    update="from IPython.display import display; h = display('first', display_id=True); h.update('second')",
    order="import sys\nprint('a', flush=True)\nprint('b', file=sys.stderr, flush=True)\nprint('c', flush=True)",
    lines="for i in range(100000):\n    print(i)",
    million="for i in range(1000000):\n    print(i)",
    huge="'x' * 100_000_000",
    set="x = {value}",
    get="x",
    add="x += 1",
    define="def twice(n):\n    return 2 * n",
    call="twice(21)",
    blank="pass",
    debugged="def twice(n):\n    m = 2 * n\n    return m\n\nkept = twice(21)\nlast = kept",
    debugged_result="kept",
    list="xs = [5, 6, 7]",
    endless={
        "loop": "print('started', flush=True)\nwhile True:\n    pass",
        "sleep": "import time\nprint('started', flush=True)\ntime.sleep(1000)",
        "wait": "import threading\nprint('started', flush=True)\nthreading.Event().wait()",
        "recursion": "def f(n):\n    return 0 if n == 0 else f(n - 1) + f(n - 1)\nprint('started', flush=True)\nf(200)",
        "printing": "print('started', flush=True)\nwhile True:\n    print('more', flush=True)",
        "ticking": "import time\nprint('started', flush=True)\nwhile True:\n    print('more', flush=True)\n    time.sleep(0.01)",
    },
    ask="print('got:' + input())",
    complete=[("import os\nos.getc", {"getcwd", "getcwdb"}), ("zzz_nothing_", set())],
    complete_wide=("s = '\N{GRINNING FACE}'; impor", 10),
    whole=["1", "def f():\n  return 1\n\n"],
    part=["def f():", "x = ["],
    wrong=["x = = 1"],
    inspect="print",
    history=("tail", "search"),  # ipykernel calls the running session 0 in a range, 1 in a tail
    may_skip=("History range not supported",),
)

GO = Kernel(
    name="glassy",
    language="go",
    extension=".go",
    hello='fmt.Println("hello, world")',
    stderr='fmt.Fprintln(os.Stderr, "oops")',
    error='panic("boom")',
    slow_error='time.Sleep(300 * time.Millisecond)\npanic("boom")',
    pager="%help",
    results=[("6 * 7", "42"), ('"a" + "b"', "ab")],
    displays=[
        ('display.Show(display.HTML("<b>bold</b>"))', "text/html"),
        ('display.Show(display.Markdown("*one*"))', "text/markdown"),
        ('display.Show(display.LaTeX("$x^2$"))', "text/latex"),
        ('display.Show(display.JSON(map[string]int{"one": 1}))', "application/json"),
    ],
    clear="display.Clear(false)",
    update='display.ShowAs("one-id", "first")\ndisplay.Update("one-id", "second")',
    order='fmt.Println("a")\nfmt.Fprintln(os.Stderr, "b")\nfmt.Println("c")',
    lines="for i := range 100000 {\n\tfmt.Println(i)\n}",
    million="for i := range 1000000 {\n\tfmt.Println(i)\n}",
    huge='strings.Repeat("x", 100_000_000)',
    set="x := {value}",
    get="x",
    add="x++",
    define="func twice(n int) int { return 2 * n }",
    call="twice(21)",
    blank="_ = 0",
    debugged="func twice(n int) int {\n\tm := 2 * n\n\treturn m\n}\nkept := twice(21)\nlast := kept",
    debugged_result="kept",
    list="xs := []int{5, 6, 7}",
    endless={
        "loop": 'fmt.Println("started")\nfor {\n}',
        "sleep": 'fmt.Println("started")\ntime.Sleep(1000 * time.Second)',
        "wait": 'fmt.Println("started")\n<-make(chan int)',
        "recursion": (
            "func walk(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn walk(n-1) + walk(n-1)\n}\n"
            'fmt.Println("started")\nwalk(200)'
        ),
        "printing": 'fmt.Println("started")\nfor {\n\tfmt.Println("more")\n}',
        "ticking": 'fmt.Println("started")\nfor {\n\tfmt.Println("more")\n\ttime.Sleep(10 * time.Millisecond)\n}',
    },
    ask='var line string\nfmt.Scanln(&line)\nfmt.Println("got:" + line)',
    complete=[("strings.TrimLe", {"TrimLeft", "TrimLeftFunc"}), ("zzzNothing", set())],
    complete_wide=('_ = "\N{GRINNING FACE}"; strings.TrimLe', 9),
    whole=["1", "func f() int {\n\treturn 1\n}"],
    part=["func f() int {", "for i := range 3 {"],
    wrong=["x := := 1"],
    inspect="fmt.Println",
    scratch="glassy/session-*",
    session_child=True,
    goroutine='done := make(chan bool)\ngo func() {\n\tdefer close(done)\n\tpanic("lost in a goroutine")\n}()\n<-done\ntime.Sleep(100 * time.Millisecond)',
    exit="os.Exit(3)",
    die="func deeper(n int) int { return deeper(n+1) + 1 }\ndeeper(0)",
)


# The same language, interpreted: nothing is compiled into a folder, and endless
# recursion is an error of the cell, so that dying takes more.
YAEGI = replace(
    GO,
    name="glassy-yaegi",
    scratch="",
    die="me, _ := os.FindProcess(os.Getpid())\nme.Kill()\nselect {}",
)


def under_test() -> Kernel:
    """The kernel named by KERNEL: one of glassy's, or python3 to test the tests."""
    name = os.environ.get("KERNEL", GO.name)
    kernels = {kernel.name: kernel for kernel in (GO, YAEGI, PYTHON)}
    if name not in kernels:
        raise SystemExit(f"KERNEL={name}: expected one of {', '.join(kernels)}")
    return kernels[name]
