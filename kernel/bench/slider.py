"""How long a step of a slider takes: from the page's message to the new figure.

Both kernels draw one curve of 400 points with axes and a legend in 140 by 90 mm:
Glassy as lab.Interact shows it, ipykernel by ipywidgets' interactive_output with
matplotlib, each with its defaults.
"""

import itertools
import time

TEXTS = {
    "glassy": """lab.Interact(func(γ float64) *fig.Figure {
	f := fig.New(fmt.Sprintf("gamma is %.3f", γ))
	f.Func("wave", func(x float64) float64 { return math.Sin(γ * x) }, 0, 10)
	return f
}, lab.Slider("γ", 0, 1))""",
    "python3": """%matplotlib inline
import ipywidgets, matplotlib.pyplot as plt, numpy as np
slider = ipywidgets.FloatSlider(min=0, max=1)
def draw(gamma):
    x = np.linspace(0, 10, 400)
    plt.figure(figsize=(140 / 25.4, 90 / 25.4))
    plt.plot(x, np.sin(gamma * x), label='wave')
    plt.title(f'gamma is {gamma:.3f}')
    plt.legend()
    plt.show()
ipywidgets.VBox([slider, ipywidgets.interactive_output(draw, {'gamma': slider})])""",
}


class Slider:
    """A slider with its figure in a running kernel; step moves it."""

    def __init__(self, name, client):
        """name: of the kernelspec; client: a frontend.Client."""
        self.client = client
        ran = client.run(TEXTS[name])
        if ran.status != "ok":
            raise AssertionError(ran.words())
        opened = [c for c in ran.of("comm_open") if c["data"]["state"].get("_model_name") == "FloatSliderModel"]
        self.comm = opened[0]["comm_id"]
        self.values = itertools.cycle(i / 50 for i in range(1, 50))

    def step(self):
        """Seconds from sending a new value to the message that holds its figure."""
        state = {"value": next(self.values)}
        data = {"method": "update", "state": state, "buffer_paths": []}
        msg = self.client.kc.session.msg("comm_msg", {"comm_id": self.comm, "data": data})
        began, took = time.perf_counter(), None
        self.client.kc.shell_channel.send(msg)
        for answer in self.client.outputs(msg["header"]["msg_id"]):
            if took is None and has_figure(answer["content"]):
                took = time.perf_counter() - began
        if took is None:
            raise AssertionError(f"no figure came for {state}")
        return took


def has_figure(content):
    """Whether a message shows a figure, itself or in the state of an Output widget."""
    shown = [content, *((content.get("data") or {}).get("state") or {}).get("outputs", [])]
    return any(key.startswith("image/") for one in shown for key in (one.get("data") or {}))
