"""What a kernel must live through: floods, deaths, scans and storms of interrupts.

Run: KERNEL=glassy python -m unittest -v test_torture
     KERNEL=python3 python -m unittest -v test_torture    (proves the tests)
"""

import os
import socket
import time
import unittest

from frontend import process, sessions
from kernels import under_test
from test_protocol import Shared, needs_session, serves

K = under_test()


class Torture(Shared):
    def setUp(self):
        super().setUp()
        self.set(12)
        self.pid = process(self.manager).pid

    def after(self):
        """The kernel is the same process, and the variable is there."""
        self.expect(12)
        self.assertEqual(process(self.manager).pid, self.pid)

    def test_a_million_lines(self):
        """All of them, or the first and the last of them."""
        ran = self.client.run(K.million)
        self.assertEqual(ran.status, "ok")
        lines = ran.text().splitlines()
        self.assertEqual((lines[0], lines[-1]), ("0", "999999"))
        self.after()

    def test_a_value_of_100_megabytes(self):
        ran = self.client.run(K.huge)
        self.assertEqual(ran.status, "ok", ran.words()[:1000])
        self.assertTrue(ran.of("execute_result"), "nothing is shown of it")
        self.after()

    def test_fifty_interrupts_in_a_second(self):
        msg_id = self.client.start(K.endless["loop"])
        for _ in range(50):
            self.client.kc.control_channel.send(self.client.kc.session.msg("interrupt_request", {}))
            time.sleep(0.02)
        self.assertEqual(self.client.reply(msg_id, 10)["content"]["status"], "error")
        serves(self.client)
        self.after()

    def test_a_port_scan(self):
        """Connections that say nothing, nonsense, half a greeting, or vanish."""
        info = self.manager.get_connection_info()
        open_ones = []
        for port in (info[name] for name in info if name.endswith("_port")):
            for words in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff" + b"\0" * 8, os.urandom(4096), b"\xff" * 70):
                s = socket.create_connection((info["ip"], port), timeout=5)
                s.sendall(words)
                if len(words) == 9:
                    open_ones.append(s)
                else:
                    s.close()
        self.after()
        for s in open_ones:
            s.close()
        self.after()

    @unittest.skipUnless(K.goroutine, f"{K.name} has no goroutines")
    def test_a_panic_in_a_goroutine(self):
        ran = self.client.run(K.goroutine)
        self.assertIn("lost in a goroutine", ran.words())
        self.after()

    @needs_session
    def test_out_of_memory_takes_the_session_first(self):
        """Where memory runs out, the system is to end the user's process, not the kernel or its front end."""
        for child in sessions(self.manager):
            self.assertGreater(_score(child.pid), _score(self.pid))


def _score(pid):
    with open(f"/proc/{pid}/oom_score_adj") as file:
        return int(file.read())


if __name__ == "__main__":
    unittest.main()
