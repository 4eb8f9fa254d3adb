"""The things to play with: whatever is pressed, each number is the library's, to six digits."""

import math

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron.optimizers import SGD, Adam, RMSprop

# The page is used as people use it. After each action all its numbers are noted.
PRESS = """<!doctype html><meta charset="utf-8"><script>
addEventListener("load", async () => {
  const frame = document.createElement("iframe");
  frame.width = 390; frame.height = 900; frame.src = "play.html";
  await new Promise(resolve => { frame.onload = resolve; document.body.append(frame); });
  const page = frame.contentDocument, notes = [];
  const within = (id, selector) => [...page.getElementById(id).querySelectorAll(selector)];
  const labelled = (id, text) => within(id, "label").find(one => one.textContent.startsWith(text));
  const press = (id, text) => within(id, "button").find(one => one.textContent === text).click();
  const enter = (field, value, kind) => {
    field.value = value;
    field.dispatchEvent(new Event(kind, {bubbles: true}));
  };
  const field = (id, text) => labelled(id, text).querySelector("input, select");
  const slide = (id, text, value) => enter(field(id, text), value, "input");
  const choose = (id, text, value) => enter(field(id, text), value, "change");
  const key = (mark, key) =>
    mark.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
  const drag = (mark, right, down) => {
    const box = mark.getBoundingClientRect();
    const point = (kind, x, y) => mark.dispatchEvent(new PointerEvent(kind, {
      clientX: box.x + box.width / 2 + x, clientY: box.y + box.height / 2 + y, pointerId: 1,
    }));
    mark.setPointerCapture = () => {};
    point("pointerdown", 0, 0); point("pointermove", right, down); point("pointerup", right, down);
  };
  const note = (id, asked) => notes.push({asked, numbers: Object.fromEntries(
    within(id, "[data-number]").map(cell => [cell.dataset.number, cell.textContent]))});

  const neuron = "play-neuron", marks = within(neuron, ".point");
  note(neuron, {rate: 0, steps: 0});
  const step = (rate, steps) => {
    choose(neuron, "learning rate", rate);
    for (let i = 0; i < steps % 10; i++) press(neuron, "Step");
    for (let i = 0; i < Math.floor(steps / 10); i++) press(neuron, "10 steps");
    note(neuron, {rate, steps});
  };
  step(0.3, 1); step(0.3, 24); step(3, 30); step(10, 5);
  slide(neuron, "w", 6); slide(neuron, "b", -14); note(neuron, {});
  for (let i = 0; i < 7; i++) key(marks[3], "ArrowLeft");
  key(marks[5], " "); note(neuron, {rate: 0, steps: 0}); step(1, 40);
  drag(marks[0], 60, -200); note(neuron, {rate: 0, steps: 0}); step(0.1, 13);
  drag(within(neuron, ".mark.taken")[0], 40, 30); note(neuron, {}); step(0.03, 3);
  const said = within(neuron, "[role=status]")[0].textContent;
  const shown = marks.map(mark => mark.getAttribute("aria-valuetext"));
  press(neuron, "Start over"); note(neuron, {});

  const four = "play-optimizers", walked = notes.length;
  const start = {loss: "a long valley", start: [-4, 1.5], steps: 60, momentum: 0.9,
    rates: {SGD: 0.09, Momentum: 0.02, RMSprop: 0.1, Adam: 0.3}};
  note(four, start);
  slide(four, "steps", 200); note(four, {...start, steps: 200});
  const other = {...start, steps: 20, momentum: 0.5,
    rates: {SGD: 0.005, Momentum: 0.005, RMSprop: 0.02, Adam: 0.05}};
  for (const [rule, rate] of Object.entries(other.rates)) {
    enter(within(four, `figure[data-rule=${rule}] select`)[0], rate, "change");
  }
  choose(four, "momentum", 0.5); slide(four, "steps", 20); note(four, other);
  for (const [loss, place] of [["a curved valley", [-1.5, 0.5]], ["a saddle", [1.8, 0.001]]]) {
    choose(four, "loss", loss); note(four, {...other, loss, start: place});
    slide(four, "start: w0", 1.25); slide(four, "start: w1", 0.7);
    note(four, {...other, loss, start: [1.25, 0.7]});
  }
  fetch("noted", {method: "POST", body: JSON.stringify(
    {neuron: notes.slice(0, walked), four: notes.slice(walked), said, shown})});
});
</script><body>"""


@pytest.fixture(scope="module")
def noted(site, browse):
    (site / "press.html").write_text(PRESS, "utf-8")
    return browse("press.html")


def agree(text, value):
    """Is the text the number, rounded to six digits? What is below 1e-12 is shown as 0."""
    digit = 10.0 ** (math.floor(math.log10(abs(value))) - 5) if abs(value) > 1e-12 else 0
    return abs(float(text) - value) <= 0.500001 * digit + 1e-12


def test_the_neuron_is_the_library_s(noted):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "sigmoid", dtype="float64")])
    w, b = -1.0, 3.0
    moves = 0
    for note in noted["neuron"]:
        numbers, asked = note["numbers"], note["asked"]
        x, y = ([float(numbers[f"{name}{i}"]) for i in range(6)] for name in "xy")
        x, y = np.reshape(x, (6, 1)), np.reshape(y, (6, 1))
        if "steps" not in asked:  # set by hand: to 0.05, so that six digits are all there are
            w, b = float(numbers["w"]), float(numbers["b"])
        model.compile(SGD(asked.get("rate", 0.0)), "binary_crossentropy")
        model.set_weights([[[w]], [b]])
        for _ in range(asked.get("steps", 0)):
            model.train_on_batch(x, y)
        w, b = (weight.item() for weight in model.get_weights())
        loss, a = model.evaluate(x, y), model.predict(x)
        model.compile(SGD(1.0), "binary_crossentropy")
        model.train_on_batch(x, y)  # with rate 1 the step is the gradient
        dw, db = (now - then.item() for now, then in zip((w, b), model.get_weights(), strict=True))
        expected = {"w": w, "b": b, "loss": loss, "dw": dw, "db": db}
        for i in range(6):
            expected |= {f"x{i}": x[i, 0], f"y{i}": y[i, 0], f"z{i}": x[i, 0] * w + b}
            expected |= {f"a{i}": a[i, 0], f"dz{i}": a[i, 0] - y[i, 0]}
        assert expected.keys() == numbers.keys()
        for name, value in expected.items():
            assert agree(numbers[name], value), (name, numbers[name], value, asked)
        moves += 1
    assert moves == 13


def test_points_are_moved_by_keyboard_and_by_pointer(noted):
    last = noted["neuron"][-2]["numbers"]
    assert (last["x3"], last["y5"], last["y0"]) == ("2.3", "0", "1")
    assert float(last["x0"]) > 0.5  # dragged to the right and up
    assert noted["shown"][5] == "5 cm, benign, y = 0"
    assert noted["said"] == f"After 3 steps the loss is {last['loss']}."
    first = noted["neuron"][0]["numbers"]
    assert noted["neuron"][-1]["numbers"] == first


LOSSES = {
    "a long valley": (lambda u, v: (u**2 + 20 * v**2) / 2, lambda u, v: (u, 20 * v)),
    "a curved valley": (
        lambda u, v: ((1 - u) ** 2 + 10 * (v - u**2) ** 2) / 2,
        lambda u, v: (u - 1 - 20 * u * (v - u**2), 10 * (v - u**2)),
    ),
    "a saddle": (
        lambda u, v: (u**2 - v**2) / 2 + v**4 / 4 + 0.25,
        lambda u, v: (u, v**3 - v),
    ),
}


def test_the_ways_of_optimizers_are_the_library_s(noted):
    for note in noted["four"]:
        asked, rates = note["asked"], note["asked"]["rates"]
        loss, gradient = LOSSES[asked["loss"]]
        optimizers = {
            "SGD": SGD(rates["SGD"]),
            "Momentum": SGD(rates["Momentum"], momentum=asked["momentum"]),
            "RMSprop": RMSprop(rates["RMSprop"]),
            "Adam": Adam(rates["Adam"]),
        }
        for name, optimizer in optimizers.items():
            w = np.array(asked["start"])
            for _ in range(asked["steps"]):
                optimizer.apply([np.array(gradient(*w))], [w])
            expected = {"u": w[0], "v": w[1], "loss": loss(*w)}
            for which, value in expected.items():
                text = note["numbers"][f"{name}-{which}"]
                assert agree(text, value), (name, which, text, value, asked)
    assert len(noted["four"]) == 7
