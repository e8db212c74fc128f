"""Widgets at the wire: what ipywidgets' front ends are sent, and what their messages do.

Run: KERNEL=glassy python -m unittest -v test_widgets
     KERNEL=python3 python -m unittest -v test_widgets    (proves the tests)
"""

import unittest

import ipywidgets
from frontend import Ran, kernel
from kernels import under_test

K = under_test()
TARGET = "jupyter.widget"
VIEW = "application/vnd.jupyter.widget-view+json"

# what a cell does -> its text in each language
TEXTS = {
    "go": {
        # a slider from -1 to 2 that prints its new values
        "slider": (
            's := widgets.NewFloatSlider("s", -1, 2)\n'
            's.OnChange(func(v float64) { fmt.Printf("now %g\\n", v) })\ndisplay.Show(s)'
        ),
        "value": "s.Value() == {value}",
        "yes": "true",
        "set": "s.SetValue({value})",
        "close": "s.Close()",
        "sleep": 'fmt.Println("started")\ntime.Sleep(500 * time.Millisecond)',
        "all": (
            'a := widgets.NewIntSlider("a", 0, 9)\n'
            'widgets.NewVBox(a, widgets.NewHBox(widgets.NewFloatSlider("b", 0, 1), widgets.NewFloatLogSlider("c", 1, 9)),\n'
            '\twidgets.NewDropdown("d", "x", "y"), widgets.NewCheckbox("e", true), widgets.NewButton("f"),\n'
            '\twidgets.NewText("g", ""), widgets.NewLabel("h"), widgets.NewHTML("<b>i</b>"), widgets.NewOutput(),\n'
            '\twidgets.NewImage("png", []byte("PNG")))'
        ),
    },
    "python": {
        "slider": (
            "import ipywidgets as w\ns = w.FloatSlider(min=-1, max=2, value=-1, description='s')\n"
            "s.observe(lambda c: print(f'now {c.new:g}'), 'value')\ndisplay(s)"
        ),
        "value": "s.value == {value}",
        "yes": "True",
        "set": "s.value = {value}",
        "close": "s.close()",
        "sleep": "import time\nprint('started', flush=True)\ntime.sleep(0.5)",
        "all": (
            "import ipywidgets as w\na = w.IntSlider()\n"
            "w.VBox([a, w.HBox([w.FloatSlider(), w.FloatLogSlider()]), w.Dropdown(options=['x', 'y']), w.Checkbox(),\n"
            "        w.Button(), w.Text(), w.Label(), w.HTML(), w.Output(), w.Image(value=b'PNG', format='png')])"
        ),
    },
}[K.language]


class Widgets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = cls.enterClassContext(kernel(K.name))

    def run_ok(self, code):
        ran = self.client.run(code)
        self.assertEqual(ran.status, "ok", ran.words())
        return ran

    def send(self, kind, content, **metadata):
        msg = self.client.kc.session.msg(kind, content, metadata=metadata)
        self.client.kc.shell_channel.send(msg)
        return msg["header"]["msg_id"]

    def says(self, comm, data):
        """A message of the page to a widget; returns what came of it."""
        msg_id = self.send("comm_msg", {"comm_id": comm, "data": data})
        return Ran({}, [m for m in self.client.outputs(msg_id) if m["msg_type"] != "status"])

    def sets(self, comm, **state):
        return self.says(comm, {"method": "update", "state": state, "buffer_paths": []})

    def slider(self):
        """A new slider: its comm and what was sent."""
        ran = self.run_ok(TEXTS["slider"])
        return ran.of("display_data")[-1]["data"][VIEW]["model_id"], ran

    def holds(self, value):
        self.assertEqual(self.run_ok(TEXTS["value"].format(value=value)).result(), TEXTS["yes"])

    def open(self):
        return self.client.ask("comm_info_request", {"target_name": TARGET})["content"]["comms"]

    def test_states_are_those_of_ipywidgets(self):
        """Each model has the traits that ipywidgets gives it, and they refer to models that are open."""
        ran = self.run_ok(TEXTS["all"])
        opened = {m["content"]["comm_id"]: m for m in ran.messages if m["msg_type"] == "comm_open"}
        classes = {c().get_state()["_model_name"]: c for c in vars(ipywidgets).values() if is_widget(c)}
        classes |= {c.style.klass().get_state()["_model_name"]: c.style.klass for c in classes.values() if styled(c)}
        seen = set()
        for message in opened.values():
            content = message["content"]
            self.assertEqual(content["target_name"], TARGET)
            self.assertEqual(message["metadata"]["version"].split(".")[0], "2")
            state, name = content["data"]["state"], content["data"]["state"]["_model_name"]
            seen.add(name)
            sent = set(state) | {path[0] for path in content["data"]["buffer_paths"]}
            wanted = classes[name]().get_state()
            self.assertEqual(sent, set(wanted), name)
            for trait in wanted:
                if trait.startswith("_") and trait != "_options_labels":
                    self.assertEqual(state[trait] or None, wanted[trait] or None, f"{name}.{trait}")
            for referred in (state.get("layout"), state.get("style"), *state.get("children", [])):
                self.assertIn((referred or "").removeprefix("IPY_MODEL_"), {"", *opened})
        self.assertGreaterEqual(len(seen), 18, seen)
        images = [m for m in opened.values() if m["content"]["data"]["state"]["_model_name"] == "ImageModel"]
        self.assertEqual([bytes(b) for b in images[0]["buffers"]], [b"PNG"])

    def test_values_both_ways(self):
        comm, ran = self.slider()
        self.assertTrue(ran.of("display_data")[-1]["data"]["text/plain"])
        for value in (1.5, 0, 2, -1):
            ran = self.sets(comm, value=value)
            self.assertEqual(ran.text(), f"now {value:g}\n")
            echo = [c["data"] for c in ran.of("comm_msg") if c["data"]["method"] == "echo_update"]
            self.assertEqual([(e["state"], c) for e in echo for c in (comm,)], [({"value": value}, comm)])
            self.holds(value)
        ran = self.run_ok(TEXTS["set"].format(value=0))
        sent = [c["data"] for c in ran.of("comm_msg") if c["comm_id"] == comm]
        self.assertEqual([(d["method"], d["state"]) for d in sent], [("update", {"value": 0})])

    def test_a_value_that_cannot_be(self):
        comm, _ = self.slider()
        self.sets(comm, value="much")
        self.holds(-1)

    def test_states_on_request(self):
        comm, _ = self.slider()
        self.sets(comm, value=1)
        state = [c["data"]["state"] for c in self.says(comm, {"method": "request_state"}).of("comm_msg")][-1]
        self.assertEqual((state["value"], state["_model_name"]), (1, "FloatSliderModel"))
        control = f"control-{comm}"
        opening = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
        list(self.client.outputs(self.send("comm_open", opening, version="1.0.0")))
        answer = self.says(control, {"method": "request_states"}).of("comm_msg")[-1]["data"]
        self.assertEqual(answer["method"], "update_states")
        self.assertLessEqual(set(self.open()), set(answer["states"]))
        mine = answer["states"][comm]
        self.assertEqual((mine["model_name"], mine["state"]["value"]), ("FloatSliderModel", 1))

    def test_closing(self):
        comm, _ = self.slider()
        self.assertIn(comm, self.open())
        ran = self.run_ok(TEXTS["close"])
        self.assertIn(comm, [c["comm_id"] for c in ran.of("comm_close")])
        self.assertNotIn(comm, self.open())
        self.assertEqual(self.sets(comm, value=1).text(), "")

    def test_drag_while_a_cell_runs(self):
        """All moves are answered, in the end the last one holds."""
        comm, _ = self.slider()
        cell = self.client.start(TEXTS["sleep"])
        update = {"method": "update", "buffer_paths": []}
        moves = [
            self.send("comm_msg", {"comm_id": comm, "data": update | {"state": {"value": i / 100}}})
            for i in range(1, 101)
        ]
        waiting, told = set(moves), []
        while waiting:
            msg = self.client.kc.get_iopub_msg(timeout=60)
            parent, content = msg["parent_header"].get("msg_id"), msg["content"]
            if msg["msg_type"] == "status" and content["execution_state"] == "idle":
                waiting.discard(parent)
            elif msg["msg_type"] == "stream" and parent in moves:
                told += content["text"].split("\n")[:-1]
        self.assertEqual(self.client.reply(cell)["content"]["status"], "ok")
        self.assertEqual(told[-1], "now 1")
        self.holds(1)

    def test_a_new_kernel_has_none(self):
        with kernel(K.name) as (manager, client):
            client.run(TEXTS["slider"])
            ask = lambda: client.ask("comm_info_request", {"target_name": TARGET})["content"]["comms"]  # noqa: E731
            self.assertEqual(len(ask()), 3)
            manager.restart_kernel(now=True)
            client.kc.wait_for_ready(timeout=120)
            self.assertEqual(ask(), {})


def is_widget(c):
    return isinstance(c, type) and issubclass(c, ipywidgets.Widget) and c.__name__ in NAMES


def styled(c):
    return hasattr(c, "style") and hasattr(c.style, "klass")


NAMES = {
    *("IntSlider", "FloatSlider", "FloatLogSlider", "Dropdown", "Checkbox", "Button", "Text", "Label", "HTML"),
    *("Output", "HBox", "VBox", "Image", "Layout"),
}


if __name__ == "__main__":
    unittest.main()
