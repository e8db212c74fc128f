"""A small front end: starts a kernel, runs cells, collects what they show."""

import contextlib
import time
from dataclasses import dataclass, field
from queue import Empty

import psutil
from jupyter_client.manager import KernelManager

PATIENCE = 60.0  # seconds for anything that may compile
START = 120.0


@dataclass
class Ran:
    """One cell's reply and its messages on IOPub, without status and execute_input."""

    reply: dict
    messages: list = field(default_factory=list)
    inputs: int = 0  # execute_input messages seen

    @property
    def status(self):
        return self.reply["status"]

    def text(self, name="stdout"):
        return "".join(
            m["content"]["text"] for m in self.messages if m["msg_type"] == "stream" and m["content"]["name"] == name
        )

    def of(self, kind):
        return [m["content"] for m in self.messages if m["msg_type"] == kind]

    def result(self):
        shown = self.of("execute_result")
        return shown[-1]["data"]["text/plain"] if shown else None

    def words(self):
        """All that a person reads of a failure."""
        errors = [self.reply] if self.status == "error" else []
        parts = [self.text("stdout"), self.text("stderr")]
        for e in errors + self.of("error"):
            parts += [e.get("ename", ""), e.get("evalue", ""), *e.get("traceback", [])]
        return "\n".join(parts)


class Client:
    """One connection to a kernel; several may share a kernel."""

    def __init__(self, kc, busy=False):
        self.kc = kc
        kc.start_channels()
        if not busy:  # a busy kernel would answer on the shell channel only later
            kc.wait_for_ready(timeout=START)

    def close(self):
        self.kc.stop_channels()

    def send(self, code, **options):
        return self.kc.execute(code, **options)

    def reply(self, msg_id, timeout=PATIENCE):
        """The shell reply to msg_id; replies to others are dropped."""
        return self._wait(self.kc.get_shell_msg, msg_id, timeout)

    def control(self, kind, content=None, timeout=5.0):
        """Asks on the control channel and waits for the answer there."""
        msg = self.kc.session.msg(kind, content or {})
        self.kc.control_channel.send(msg)
        return self._wait(self.kc.get_control_msg, msg["header"]["msg_id"], timeout)

    def ask(self, kind, content, timeout=PATIENCE):
        """Asks on the shell channel and waits for the answer there."""
        msg = self.kc.session.msg(kind, content)
        self.kc.shell_channel.send(msg)
        return self.reply(msg["header"]["msg_id"], timeout)

    def send_to(self, subshell, kind, content):
        """Sends on the shell channel, to a subshell, and returns the message's id."""
        msg = self.kc.session.msg(kind, content)
        msg["header"]["subshell_id"] = subshell
        self.kc.shell_channel.send(msg)
        return msg["header"]["msg_id"]

    def outputs(self, msg_id, timeout=PATIENCE):
        """Messages on IOPub whose parent is msg_id, up to its idle status."""
        for msg in self.iopub(msg_id, timeout):
            if msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle":
                return
            yield msg

    def iopub(self, msg_id, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while True:
            msg = self.kc.get_iopub_msg(timeout=max(0.0, end - time.monotonic()))
            if msg["parent_header"].get("msg_id") == msg_id:
                yield msg

    def collect(self, msg_id, timeout=PATIENCE):
        ran = Ran(reply={})
        for msg in self.outputs(msg_id, timeout):
            if msg["msg_type"] == "execute_input":
                ran.inputs += 1
            elif msg["msg_type"] != "status":
                ran.messages.append(msg)
        ran.reply = self.reply(msg_id, timeout)["content"]
        return ran

    def run(self, code, timeout=PATIENCE, **options):
        options.setdefault("allow_stdin", False)
        return self.collect(self.send(code, **options), timeout)

    def start(self, code, until="started", **options):
        """Sends a cell and returns its id once it has printed the word."""
        options.setdefault("allow_stdin", False)
        msg_id = self.send(code, **options)
        for msg in self.outputs(msg_id):
            if msg["msg_type"] == "error":
                raise AssertionError("\n".join(msg["content"]["traceback"]))
            if msg["msg_type"] == "stream" and until in msg["content"]["text"]:
                return msg_id
        raise AssertionError(f"the cell ended before it printed {until!r}:\n{code}")

    @staticmethod
    def _wait(get, msg_id, timeout):
        end = time.monotonic() + timeout
        while True:
            try:
                msg = get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                raise AssertionError(f"no reply within {timeout:g} s") from None
            if msg["parent_header"].get("msg_id") == msg_id:
                return msg


@contextlib.contextmanager
def kernel(name, **options):
    """A running kernel and a client of it: yields (manager, client)."""
    manager = KernelManager(kernel_name=name)
    manager.start_kernel(**options)
    client = None
    try:
        client = Client(manager.client())
        yield manager, client
    finally:
        if client:
            client.close()
        manager.shutdown_kernel(now=True)


def process(manager) -> psutil.Process:
    """The kernel's own process."""
    return psutil.Process(manager.provisioner.pid)


def sessions(manager):
    """The processes that the kernel started."""
    return process(manager).children(recursive=True)


def alive(proc):
    try:
        return proc.is_running() and proc.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(what, condition, timeout=10.0):
    """Waits for the condition; says what was awaited when it does not come."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout:g} s: {what}")
        time.sleep(0.02)
