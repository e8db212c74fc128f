"""The debugger over the wire: attach, breakpoint, stack, variables, steps, inspector.

Run: KERNEL=glassy python -m unittest -v test_debug
     KERNEL=python3 python -m unittest -v test_debug    (proves the tests)
"""

import itertools
import unittest
from queue import Empty

from frontend import PATIENCE, kernel
from kernels import under_test

K = under_test()


class FrontEnd(unittest.TestCase):
    """Speaks to the debugger. Each test has a kernel of its own: a debugger leaves traces in it."""

    def setUp(self):
        context = kernel(K.name)
        self.manager, self.client = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.seq = itertools.count(1)

    def ask(self, command, **arguments):
        """Sends a debug request and returns the content of its reply."""
        seq = next(self.seq)
        content = {"type": "request", "seq": seq, "command": command, "arguments": arguments}
        reply = self.client.control("debug_request", content, timeout=PATIENCE)
        self.assertEqual(reply["msg_type"], "debug_reply")
        return reply["content"]

    def must(self, command, **arguments):
        """Asks for what has to succeed, and returns the body."""
        reply = self.ask(command, **arguments)
        self.assertTrue(reply["success"], f"{command}: {reply.get('message')}")
        self.assertEqual(reply["type"], "response")
        self.assertEqual(reply["command"], command)
        return reply.get("body") or {}

    def event(self, name):
        """Waits for an event of the debugger and returns its body."""
        while True:
            try:
                msg = self.client.kc.get_iopub_msg(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"no event {name}") from None
            if msg["msg_type"] == "debug_event" and msg["content"]["event"] == name:
                return msg["content"].get("body") or {}

    def start(self):
        self.assertIn("debugger", self.client.control("kernel_info_request")["content"]["supported_features"])
        arguments = {"clientID": "test", "adapterID": "", "pathFormat": "path", "linesStartAt1": True}
        body = self.must("initialize", **arguments, columnsStartAt1=True, supportsVariableType=True)
        self.assertTrue(body["supportsConfigurationDoneRequest"])
        self.must("attach")

    def break_at(self, code, *lines):
        """Sets the breakpoints of a cell and returns its path."""
        path = self.must("dumpCell", code=code)["sourcePath"]
        set_ = self.must("setBreakpoints", source={"path": path}, breakpoints=[{"line": n} for n in lines])
        self.assertEqual([b["line"] for b in set_["breakpoints"]], list(lines))
        self.assertTrue(all(b["verified"] for b in set_["breakpoints"]))
        self.must("configurationDone")
        return path

    def frames(self, thread):
        return self.must("stackTrace", threadId=thread)["stackFrames"]

    def values(self, frame, scope):
        """The variables of a scope by name."""
        for found in self.must("scopes", frameId=frame["id"])["scopes"]:
            if found["name"] == scope:
                variables = self.must("variables", variablesReference=found["variablesReference"])["variables"]
                return {v["name"]: v["value"] for v in variables}
        raise AssertionError(f"no scope {scope}")


class Debug(FrontEnd):
    def test_info(self):
        info = self.must("debugInfo")
        self.assertFalse(info["isStarted"])
        self.assertEqual(info["hashMethod"], "Murmur2")
        self.assertEqual(info["breakpoints"], [])
        self.assertEqual(info["stoppedThreads"], [])
        self.start()
        self.assertTrue(self.must("debugInfo")["isStarted"])
        for code in ("", "a", "ab", "abc", K.debugged, "γ = 0.5 # \N{GRINNING FACE}"):
            path = self.must("dumpCell", code=code)["sourcePath"]
            name = f"{murmur2(code.encode(), info['hashSeed'])}{info['tmpFileSuffix']}"
            self.assertEqual(path, info["tmpFilePrefix"] + name)
        self.assertEqual(self.must("source", source={"path": path})["content"], code)
        self.must("disconnect")
        self.assertFalse(self.must("debugInfo")["isStarted"])

    def test_stop_look_and_step(self):
        self.start()
        path = self.break_at(K.debugged, 2)
        cell = self.client.send(K.debugged)
        stopped = self.event("stopped")
        self.assertEqual(stopped["reason"], "breakpoint")
        thread = stopped["threadId"]
        self.assertIn(thread, self.must("debugInfo")["stoppedThreads"])
        frame = self.frames(thread)[0]
        self.assertEqual((frame["line"], frame["source"]["path"]), (2, path))
        self.assertIn("twice", frame["name"])
        self.assertEqual(self.values(frame, "Locals")["n"], "21")
        self.assertEqual(self.must("evaluate", expression="n + 1", frameId=frame["id"], context="repl")["result"], "22")

        self.must("next", threadId=thread)
        self.assertEqual(self.event("stopped")["reason"], "step")
        frame = self.frames(thread)[0]
        self.assertEqual(frame["line"], 3)
        self.assertEqual(self.values(frame, "Locals")["m"], "42")

        self.must("stepOut", threadId=thread)
        self.event("stopped")
        frame = self.frames(thread)[0]
        self.assertIn(frame["line"], (5, 6))  # in the call, or behind it

        # The control channel answers while the cell is stopped.
        self.assertEqual(self.client.control("kernel_info_request")["content"]["status"], "ok")
        self.must("continue", threadId=thread)
        self.event("continued")
        ran = self.client.reply(cell)["content"]
        self.assertEqual(ran["status"], "ok")
        self.must("disconnect")
        self.assertEqual(self.client.run(K.debugged_result).result(), "42")

    def test_step_in(self):
        self.start()
        self.break_at(K.debugged, 5)
        cell = self.client.send(K.debugged)
        thread = self.event("stopped")["threadId"]
        self.assertEqual(self.frames(thread)[0]["line"], 5)
        self.must("stepIn", threadId=thread)
        self.event("stopped")
        frames = self.frames(thread)
        self.assertIn("twice", frames[0]["name"])
        self.assertEqual([f["line"] for f in frames[:2]], [2, 5])
        self.must("disconnect")
        self.assertEqual(self.client.reply(cell)["content"]["status"], "ok")

    def test_disconnect_continues(self):
        self.start()
        self.break_at(K.debugged, 2)
        cell = self.client.send(K.debugged)
        self.event("stopped")
        self.must("disconnect")
        self.assertEqual(self.client.reply(cell)["content"]["status"], "ok")

    def test_inspector(self):
        """Variables are listed where no debugger was started."""
        self.client.run(K.set.format(value=41))
        self.client.run(K.add)
        listed = {v["name"]: v for v in self.must("inspectVariables")["variables"]}
        self.assertEqual(listed["x"]["value"], "42")
        self.assertEqual(listed["x"]["type"], "int")
        self.assertEqual(self.must("richInspectVariables", variableName="x")["data"]["text/plain"], "42")
        self.client.run(K.list)
        self.start()  # the reference kernel tells the parts of values only then
        ref = {v["name"]: v for v in self.must("inspectVariables")["variables"]}["xs"]["variablesReference"]
        values = [v["value"] for v in self.must("variables", variablesReference=ref)["variables"]]
        self.assertEqual([v for v in values if v in ("5", "6", "7")][:3], ["5", "6", "7"])


@unittest.skipUnless(K.session_child, f"interrupting {K.name} in its debugger does not end the cell")
class Stopped(FrontEnd):
    """What else may happen to a cell that is stopped."""

    def stop(self):
        self.start()
        self.break_at(K.debugged, 2)
        cell = self.client.send(K.debugged)
        self.event("stopped")
        return cell

    def test_interrupt(self):
        cell = self.stop()
        self.manager.interrupt_kernel()
        self.event("continued")
        self.assertEqual(self.client.reply(cell)["content"]["status"], "error")
        self.assertEqual(self.must("debugInfo")["stoppedThreads"], [])

    def test_restart(self):
        self.stop()
        self.manager.restart_kernel(now=False)
        self.client.kc.wait_for_ready(timeout=PATIENCE)
        self.assertFalse(self.must("debugInfo")["isStarted"])
        self.assertEqual(self.client.run(K.results[0][0]).result(), K.results[0][1])


def murmur2(data, seed):
    """MurmurHash2 of 32 bits, as a front end computes it to know a cell's path."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = seed ^ len(data)
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = (h * m & mask) ^ k
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15


if __name__ == "__main__":
    unittest.main()
