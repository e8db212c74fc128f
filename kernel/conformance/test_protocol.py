"""What jupyter_kernel_test leaves out: interrupts, control, queue, stdin, restart, many kernels, deaths.

Run: KERNEL=glassy python -m unittest -v test_protocol
     KERNEL=python3 python -m unittest -v test_protocol    (proves the tests)
"""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import psutil
from frontend import PATIENCE, Client, alive, kernel, process, sessions, until
from kernels import under_test

K = under_test()
needs_session = unittest.skipUnless(
    K.session_child, f"{K.name} holds the user's memory in the kernel's own process: its death is the kernel's"
)


def serves(client):
    """Waits until cells run again: a kernel may abort what comes right after an error."""
    until("a cell runs", lambda: client.run(K.blank, timeout=20).status == "ok")


class Shared(unittest.TestCase):
    """Tests that share one kernel: none leaves it worse than it found it."""

    @classmethod
    def setUpClass(cls):
        cls._context = kernel(K.name)
        cls.manager, cls.client = cls._context.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls._context.__exit__(None, None, None)

    def setUp(self):
        serves(self.client)

    def set(self, value):
        self.assertEqual(self.client.run(K.set.format(value=value)).status, "ok")

    def expect(self, value):
        serves(self.client)
        self.assertEqual(self.client.run(K.get).result(), str(value))


class Interrupt(Shared):
    def test_fifty_times_in_a_row(self):
        """Loops, sleeps, waits and recursions stop; the variable counts every round."""
        self.set(100)
        kinds = ["loop", "sleep", "wait", "recursion"]
        took = []
        for round_ in range(50):
            serves(self.client)
            self.assertEqual(self.client.run(K.add).status, "ok")
            msg_id = self.client.start(K.endless[kinds[round_ % len(kinds)]])
            began = time.monotonic()
            self.manager.interrupt_kernel()
            reply = self.client.reply(msg_id, 10)["content"]
            took.append(time.monotonic() - began)
            self.assertEqual(reply["status"], "error", kinds[round_ % len(kinds)])
        self.expect(150)
        print(f"50 interrupts: median {statistics.median(took):.3f} s, longest {max(took):.3f} s", file=sys.stderr)
        self.assertLess(statistics.median(took), 0.2)
        self.assertLess(max(took), 1.0, "an interrupt fell to the hard stop")

    def test_by_message(self):
        msg_id = self.client.start(K.endless["loop"])
        reply = self.client.control("interrupt_request")
        self.assertEqual(reply["msg_type"], "interrupt_reply")
        self.assertEqual(self.client.reply(msg_id, 10)["content"]["status"], "error")

    def test_by_signal(self):
        msg_id = self.client.start(K.endless["sleep"])
        process(self.manager).send_signal(signal.SIGINT)
        self.assertEqual(self.client.reply(msg_id, 10)["content"]["status"], "error")

    def test_while_it_prints(self):
        msg_id = self.client.start(K.endless["printing"])
        self.manager.interrupt_kernel()
        self.assertEqual(self.client.reply(msg_id, 10)["content"]["status"], "error")

    def test_when_idle(self):
        self.set(7)
        for _ in range(3):
            self.manager.interrupt_kernel()
        self.expect(7)

    def test_empties_the_queue(self):
        first = self.client.start(K.endless["loop"])
        second = self.client.send(K.set.format(value=8))
        time.sleep(0.2)  # the second request is in the kernel's queue
        self.manager.interrupt_kernel()
        self.assertEqual(self.client.reply(first, 10)["content"]["status"], "error")
        self.assertEqual(self.client.reply(second, 10)["content"]["status"], "aborted")
        serves(self.client)


class WhileBusy(Shared):
    def setUp(self):
        super().setUp()
        self.cell = self.client.start(K.endless["loop"])

    def tearDown(self):
        self.manager.interrupt_kernel()
        self.client.reply(self.cell, 10)

    def test_control_answers(self):
        for _ in range(5):
            began = time.monotonic()
            reply = self.client.control("kernel_info_request")
            self.assertEqual(reply["msg_type"], "kernel_info_reply")
            self.assertEqual(reply["content"]["language_info"]["name"], K.language)
            self.assertLess(time.monotonic() - began, 1.0)

    def test_heartbeat(self):
        self.client.kc.hb_channel.unpause()
        time.sleep(1.5)
        self.assertTrue(self.client.kc.hb_channel.is_beating())


class Subshells(Shared):
    """JEP 91: shells beside the main one, for who asks while a cell runs."""

    def setUp(self):
        super().setUp()
        self.shell = self.client.control("create_subshell_request")["content"]["subshell_id"]

    def tearDown(self):
        if self.shell in self.listed():
            self.client.control("delete_subshell_request", {"subshell_id": self.shell})

    def listed(self):
        return self.client.control("list_subshell_request")["content"]["subshell_id"]

    def test_said_of_the_kernel(self):
        self.assertIn("kernel subshells", self.client.control("kernel_info_request")["content"]["supported_features"])
        self.assertEqual(self.listed(), [self.shell])

    def test_answers_while_a_cell_runs(self):
        self.set(41)
        cell = self.client.start(K.endless["sleep"])
        ran = self.client.collect(self.client.send_to(self.shell, "execute_request", _request(K.get)))
        self.assertEqual(ran.result(), "41")
        at = {"code": K.inspect, "cursor_pos": len(K.inspect), "detail_level": 0}
        for kind in ("kernel_info", "complete", "inspect", "comm_info"):
            msg_id = self.client.send_to(self.shell, kind + "_request", at)
            self.assertEqual(self.client.reply(msg_id, 20)["content"]["status"], "ok", kind)
        self.manager.interrupt_kernel()
        self.assertEqual(self.client.reply(cell, 10)["content"]["status"], "error")
        self.expect(41)

    def test_aborts_its_own_cells_only(self):
        self.set(1)
        ids = [self.client.send_to(self.shell, "execute_request", _request(code)) for code in (K.slow_error, K.add)]
        main = self.client.send(K.add)
        statuses = {}
        while len(statuses) < 3:  # the replies of two shells come in any order
            msg = self.client.kc.get_shell_msg(timeout=PATIENCE)
            statuses[msg["parent_header"]["msg_id"]] = msg["content"]["status"]
        self.assertEqual([statuses[i] for i in [*ids, main]], ["error", "aborted", "ok"])
        self.expect(2)

    def test_a_deleted_one_is_unknown(self):
        self.client.control("delete_subshell_request", {"subshell_id": self.shell})
        self.assertEqual(self.listed(), [])
        again = self.client.control("delete_subshell_request", {"subshell_id": self.shell})
        self.assertEqual(again["content"]["status"], "error")
        msg_id = self.client.send_to(self.shell, "execute_request", _request(K.blank))
        self.assertEqual(self.client.reply(msg_id, 10)["content"]["status"], "error")


class Queue(Shared):
    def test_aborted_after_an_error(self):
        self.set(1)
        ids = [self.client.send(code) for code in (K.slow_error, K.add, K.add)]
        self.assertEqual([self.client.reply(i)["content"]["status"] for i in ids], ["error", "aborted", "aborted"])
        self.expect(1)

    def test_goes_on_where_the_cell_says_so(self):
        self.set(1)
        ids = [self.client.send(code, stop_on_error=False) for code in (K.slow_error, K.add, K.add)]
        self.assertEqual([self.client.reply(i)["content"]["status"] for i in ids], ["error", "ok", "ok"])
        self.expect(3)

    def test_keeps_order(self):
        self.set(0)
        ids = [self.client.send(K.add) for _ in range(20)]
        counts = [self.client.reply(i)["content"]["execution_count"] for i in ids]
        self.assertEqual(counts, list(range(counts[0], counts[0] + 20)))
        self.expect(20)


class Cells(Shared):
    def test_variables_and_functions_live_on(self):
        self.set(41)
        self.client.run(K.add)
        self.expect(42)
        self.assertEqual(self.client.run(K.define).status, "ok")
        self.assertEqual(self.client.run(K.call).result(), "42")

    def test_silent_shows_and_counts_nothing(self):
        before = self.client.run(K.blank).reply["execution_count"]
        silent = self.client.run(K.results[0][0], silent=True)
        self.assertEqual(silent.status, "ok")
        self.assertEqual((silent.inputs, silent.of("execute_result")), (0, []))
        self.assertEqual(self.client.run(K.blank).reply["execution_count"], before + 1)

    def test_store_history_false_does_not_count(self):
        before = self.client.run(K.blank).reply["execution_count"]
        self.assertEqual(self.client.run(K.results[0][0], store_history=False).result(), K.results[0][1])
        self.assertEqual(self.client.run(K.blank).reply["execution_count"], before + 1)

    def test_user_expressions(self):
        self.set(5)
        ran = self.client.run(K.blank, user_expressions={"good": "x * 2", "bad": "no_such_thing"})
        got = ran.reply["user_expressions"]
        self.assertEqual((got["good"]["status"], got["good"]["data"]["text/plain"]), ("ok", "10"))
        self.assertEqual(got["bad"]["status"], "error")
        self.assertTrue(got["bad"]["ename"] and got["bad"]["evalue"])

    def test_stdout_and_stderr_keep_their_order(self):
        ran = self.client.run(K.order)
        texts = [(m["name"], m["text"].strip()) for m in ran.of("stream") if m["text"].strip()]
        self.assertEqual(texts, [("stdout", "a"), ("stderr", "b"), ("stdout", "c")])

    def test_no_line_is_lost(self):
        lines = self.client.run(K.lines).text().splitlines()
        self.assertEqual(lines, [str(i) for i in range(100000)])

    def test_update_display(self):
        ran = self.client.run(K.update)
        self.assertEqual(ran.status, "ok", ran.words())
        first, second = ran.of("display_data"), ran.of("update_display_data")
        self.assertEqual((len(first), len(second)), (1, 1), ran.messages)
        self.assertIn("first", first[0]["data"]["text/plain"])
        self.assertIn("second", second[0]["data"]["text/plain"])
        self.assertEqual(first[0]["transient"]["display_id"], second[0]["transient"]["display_id"])

    def test_positions_count_characters(self):
        """Jupyter counts code points; a face outside the BMP is one."""
        text, start = K.complete_wide
        reply = self.client.ask("complete_request", {"code": text, "cursor_pos": len(text)})["content"]
        self.assertEqual(reply["cursor_end"], len(text))
        self.assertTrue(reply["matches"])
        inserted = text[: reply["cursor_start"]] + reply["matches"][0]
        self.assertTrue(inserted.startswith(text[:start]), inserted)
        self.assertGreater(len(inserted), len(text))

    def test_comms(self):
        self.assertEqual(self.client.ask("comm_info_request", {})["content"], {"status": "ok", "comms": {}})
        comm = uuid.uuid4().hex
        msg = self.client.kc.session.msg("comm_open", {"comm_id": comm, "target_name": "nobody", "data": {}})
        self.client.kc.shell_channel.send(msg)
        closed = [m for m in self.client.outputs(msg["header"]["msg_id"]) if m["msg_type"] == "comm_close"]
        self.assertEqual([m["content"]["comm_id"] for m in closed], [comm])


class Stdin(Shared):
    def ask(self):
        msg_id = self.client.send(K.ask, allow_stdin=True)
        request = self.client.kc.get_stdin_msg(timeout=PATIENCE)
        self.assertEqual(request["msg_type"], "input_request")
        self.assertEqual(request["parent_header"]["msg_id"], msg_id)
        return msg_id

    def test_answer(self):
        for word in ("Parisi", "Gardner"):
            msg_id = self.ask()
            self.client.kc.input(word)
            self.assertIn("got:" + word, self.client.collect(msg_id).text())

    def test_interrupt_while_it_waits(self):
        self.set(3)
        msg_id = self.ask()
        self.manager.interrupt_kernel()
        self.assertEqual(self.client.reply(msg_id, 10)["content"]["status"], "error")
        self.expect(3)

    def test_a_front_end_that_cannot_ask(self):
        ran = self.client.run(K.ask, timeout=10, allow_stdin=False)
        self.assertIn(ran.status, ("ok", "error"))  # it ends; it does not wait for a line that cannot come
        with self.assertRaises(Empty):
            self.client.kc.get_stdin_msg(timeout=0.2)


class BadMessages(Shared):
    """What must not reach the kernel is dropped, and the next message is served."""

    def after(self):
        self.assertEqual(self.client.run(K.results[0][0]).result(), K.results[0][1])

    def test_wrong_signature(self):
        self.set(1)
        session = self.client.kc.session.clone()
        session.key = b"not the key"
        session.send(self.client.kc.shell_channel.socket, "execute_request", _request(K.set.format(value=2)))
        self.expect(1)

    def test_no_signature(self):
        self.set(1)
        session = self.client.kc.session.clone()
        session.key = b""
        session.send(self.client.kc.shell_channel.socket, "execute_request", _request(K.set.format(value=2)))
        self.expect(1)

    def test_frames_that_are_no_message(self):
        for channel in (self.client.kc.shell_channel, self.client.kc.control_channel, self.client.kc.stdin_channel):
            for frames in ([b""], [b"<IDS|MSG>"], [b"x"] * 40, [b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"]):
                channel.socket.send_multipart(frames)
        self.after()

    def test_requests_without_their_fields(self):
        kinds = ["execute", "complete", "inspect", "is_complete", "history", "comm_info", "kernel_info", "no_such"]
        for kind in kinds:
            self.client.kc.shell_channel.send(self.client.kc.session.msg(kind + "_request", {}))
        self.client.kc.shell_channel.send(
            self.client.kc.session.msg("complete_request", {"code": "x", "cursor_pos": 10**9})
        )
        self.client.kc.shell_channel.send(
            self.client.kc.session.msg("inspect_request", {"code": "x", "cursor_pos": -5, "detail_level": 9})
        )
        self.after()


def _request(code):
    return {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}


class Life(unittest.TestCase):
    def test_restart(self):
        with kernel(K.name) as (manager, client):
            self.assertEqual(client.run(K.set.format(value=6)).status, "ok")
            old = [process(manager), *sessions(manager)]
            manager.restart_kernel(now=False)
            client.kc.wait_for_ready(timeout=PATIENCE)
            self.assertEqual(client.run(K.get).status, "error", "the variable outlived the restart")
            ran = client.run(K.set.format(value=7) + "\n" + K.get)
            self.assertEqual((ran.result(), ran.reply["execution_count"]), ("7", 2))
            until("the old processes end", lambda: not any(map(alive, old)))

    def test_restart_from_a_running_cell(self):
        with kernel(K.name) as (manager, client):
            client.start(K.endless["loop"])
            manager.restart_kernel(now=False)
            client.kc.wait_for_ready(timeout=PATIENCE)
            self.assertEqual(client.run(K.results[0][0]).result(), K.results[0][1])

    def test_shutdown_answers_and_leaves_no_process(self):
        with kernel(K.name) as (manager, client):
            client.run(K.blank)
            mine = [process(manager), *sessions(manager)]
            reply = client.control("shutdown_request", {"restart": False})
            self.assertEqual((reply["msg_type"], reply["content"]["restart"]), ("shutdown_reply", False))
            until("all its processes end", lambda: not any(map(alive, mine)))

    @unittest.skipUnless(K.scratch, f"{K.name} keeps no files of a session")
    def test_leaves_no_files(self):
        """A kernel that is shut down takes its files along; those of a killed one go when the next starts."""
        before = _scratch()
        with kernel(K.name) as (manager, client):
            client.run(K.define)
            self.assertTrue(_scratch() - before, "the pattern of scratch folders fits nothing")
            client.control("shutdown_request", {"restart": False})
            until("the kernel's files are gone", lambda: not _scratch() - before)
        with kernel(K.name) as (manager, client):
            client.run(K.define)
            killed = _scratch() - before
            process(manager).kill()
        with kernel(K.name):
            until("the killed kernel's files are gone", lambda: not _scratch() & killed)

    def test_history_outlives_a_restart(self):
        with kernel(K.name) as (manager, client):
            mark = uuid.uuid4().hex
            client.run(f'_ = "{mark}"')
            manager.restart_kernel(now=False)
            client.kc.wait_for_ready(timeout=PATIENCE)
            search = {"hist_access_type": "search", "pattern": f"*{mark}*", "output": False, "raw": True, "n": 5}
            found = client.ask("history_request", search)["content"]["history"]
            self.assertEqual([row[2] for row in found], [f'_ = "{mark}"'])
            client.run(K.blank)
            tail = {"hist_access_type": "tail", "n": 2, "output": False, "raw": True}
            rows = client.ask("history_request", tail)["content"]["history"]
            self.assertEqual([row[2] for row in rows], [f'_ = "{mark}"', K.blank])
            self.assertGreater(rows[1][0], rows[0][0], "a restart begins a new session")

    def test_ten_kernels_at_once(self):
        def one(value):
            with kernel(K.name) as (_, client):
                client.run(K.set.format(value=value))
                barrier.wait(PATIENCE)
                for _ in range(10):
                    client.run(K.add)
                return client.run(K.get).result()

        barrier = threading.Barrier(10)
        with ThreadPoolExecutor(10) as pool:
            self.assertEqual(list(pool.map(one, range(0, 1000, 100))), [str(v + 10) for v in range(0, 1000, 100)])


def _scratch():
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return set(cache.glob(K.scratch))


class FrontEndGone(unittest.TestCase):
    def test_another_takes_over(self):
        """The cell runs on; the next front end sees its output, stops it, and finds the variables."""
        with kernel(K.name) as (manager, first):
            first.run(K.set.format(value=9))
            msg_id = first.start(K.endless["ticking"])  # a flood would have been cut by then
            first.close()
            time.sleep(0.5)
            second = Client(manager.client(), busy=True)
            try:
                next(m for m in second.iopub(msg_id) if m["msg_type"] == "stream")
                second.control("interrupt_request")
                serves(second)
                self.assertEqual(second.run(K.get).result(), "9")
            finally:
                second.close()

    def test_it_went_while_asked(self):
        with kernel(K.name) as (manager, first):
            first.send(K.ask, allow_stdin=True)
            first.kc.get_stdin_msg(timeout=PATIENCE)
            first.close()
            second = Client(manager.client(), busy=True)
            try:
                second.control("kernel_info_request")  # it listens
                second.control("interrupt_request")
                serves(second)
                self.assertEqual(second.run(K.results[0][0]).result(), K.results[0][1])
            finally:
                second.close()

    def test_its_death_ends_the_kernel(self):
        """A front end that is killed takes its kernels with it: nothing is left to run for ever."""
        code = (
            "import sys; from jupyter_client.manager import start_new_kernel as s\n"
            f"m, c = s(kernel_name={K.name!r}, startup_timeout=120)\n"
            "print(m.provisioner.pid, flush=True); sys.stdin.read()"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with parent:
            top = psutil.Process(int(parent.stdout.readline()))
            mine = [top, *top.children(recursive=True)]
            parent.kill()
        until("the kernel of a dead front end ends", lambda: not any(map(alive, mine)), 15)


@needs_session
class SessionDies(Shared):
    """User code that dies costs its variables, never the kernel."""

    def setUp(self):
        super().setUp()
        self.assertEqual(self.client.run(K.define).status, "ok")
        self.set(12)
        self.kernel_pid = process(self.manager).pid

    def back(self, words):
        """The loss is told, definitions are back, the kernel is the same process."""
        self.assertIn("lost", words.lower())
        self.assertEqual(self.client.run(K.call).result(), "42")
        self.assertEqual(self.client.run(K.set.format(value=13)).status, "ok")
        self.expect(13)
        self.assertEqual(process(self.manager).pid, self.kernel_pid)

    def session(self):
        found = sessions(self.manager)
        self.assertTrue(found, "the kernel has no child")
        return found

    def test_killed_while_idle(self):
        children = self.session()
        for child in children:
            child.kill()
        until("the killed children end", lambda: not any(map(alive, children)))
        first = self.client.run(K.call)  # needs no variable: it runs, or it tells of the death
        self.assertTrue(first.result() == "42" or "lost" in first.words().lower(), first.words())
        ran = self.client.run(K.get)
        self.assertEqual(ran.status, "error", "a lost variable has a value")
        self.back(ran.words())

    def test_killed_while_running(self):
        msg_id = self.client.start(K.endless["loop"])
        for child in self.session():
            child.kill()
        ran = self.client.collect(msg_id, 20)
        self.assertEqual(ran.status, "error")
        self.back(ran.words())

    def test_dies_by_its_own_code(self):
        ran = self.client.run(K.die, timeout=20)
        self.assertEqual(ran.status, "error")
        self.back(ran.words())

    def test_exit_costs_no_kernel(self):
        """Whether the variable survives is the kernel's choice; it may not be silent about a loss."""
        ran = self.client.run(K.exit, timeout=20)
        self.assertEqual(ran.status, "error")
        if "lost" in ran.words().lower():
            self.back(ran.words())
        else:
            self.expect(12)


if __name__ == "__main__":
    unittest.main()
