// One neuron, a = g(x w + b) with the sigmoid g, and binary cross-entropy: to be pushed and trained.
// What src/tinyneuron computes with arrays stands here with numbers. The tests compare the two.

/** 1 / (1 + e^-z), without overflow. */
function sigmoid(z) {
  return z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z));
}

/** L = log(1 + e^z) - y z, the binary cross-entropy of a = g(z). */
function crossEntropy(z, y) {
  return Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - y * z;
}

/** The mean loss of a neuron over all points. */
function meanLoss(points, w, b) {
  return points.reduce((sum, { x, y }) => sum + crossEntropy(x * w + b, y), 0) / points.length;
}

/** dL/dw and dL/db: the means of x (a - y) and of a - y. */
function gradient(points, w, b) {
  let dw = 0, db = 0;
  for (const { x, y } of points) {
    const dz = sigmoid(x * w + b) - y;
    dw += (x * dz) / points.length;
    db += dz / points.length;
  }
  return [dw, db];
}

function playNeuron(place) {
  const RANGE = { w: [-2, 6], b: [-14, 4], x: [0, 5] };
  const LEVELS = [0.1, 0.2, 0.4, 0.7, 1.3, 2.5, 5, 10, 20];
  const KINDS = ["benign, y = 0", "malignant, y = 1"];
  let points, path, rate = 0.3;

  const curve = new Chart({
    name: "What the neuron says of a tumor of each size, and the six tumors",
    x: [-0.3, 5.3], y: [-0.1, 1.1], xName: "x, size of the tumor (cm)", yName: "P(y = 1)",
  });
  const shades = [0, 1].map(kind => {
    const id = `shade-${kind}`;
    const shade = draw(curve.inside, "linearGradient", { id });
    const stops = Array.from({ length: 33 }, (_, i) =>
      draw(shade, "stop", { offset: i / 32, class: `class-${kind}` }));
    const [left, right] = curve.x.map(x => curve.px(x)), top = curve.py(curve.y[1]);
    const height = curve.py(curve.y[0]) - top;
    draw(curve.inside, "rect", { x: left, y: top, width: right - left, height, fill: `url(#${id})` });
    return stops;
  });
  const border = draw(curve.inside, "path", { class: "border" });
  const prediction = draw(curve.inside, "path", { class: "prediction" });

  const surface = new Surface({
    name: "The loss over w and b, and the way that training took",
    x: RANGE.w, y: RANGE.b, xName: "w", yName: "b",
  });
  surface.end.classList.add("taken");
  surface.drag(surface.end, (w, b) => start(round(w), round(b)));
  surface.inside.addEventListener("click", event => start(...surface.at(event).map(round)));

  const marks = Array.from({ length: 6 }, (_, i) => {
    const mark = draw(curve.front, "g", {
      class: "point taken", tabindex: 0, role: "slider", "aria-label": `Size of tumor ${i + 1}`,
      "aria-valuemin": RANGE.x[0], "aria-valuemax": RANGE.x[1],
    });
    draw(mark, "circle", { r: 16, class: "grip" });
    draw(mark, "circle", { r: 6, class: "class-0" });
    draw(mark, "path", { d: "M-6-6 6 6M-6 6 6-6", class: "class-1" });
    const move = (x, y) => {
      const inRange = Math.min(RANGE.x[1], Math.max(RANGE.x[0], x));
      points[i] = { x: Math.round(inRange * 10) / 10, y };
      pointsMoved();
    };
    curve.drag(mark, (x, y) => move(x, y > 0.5 ? 1 : 0));
    mark.addEventListener("keydown", event => {
      const { x, y } = points[i];
      const to = {
        ArrowLeft: [x - 0.1, y], ArrowRight: [x + 0.1, y], Home: [RANGE.x[0], y], End: [RANGE.x[1], y],
        ArrowUp: [x, 1], ArrowDown: [x, 0], " ": [x, 1 - y], Enter: [x, 1 - y],
      }[event.key];
      if (!to) return;
      event.preventDefault();
      move(...to);
    });
    return mark;
  });

  const said = html("p", { class: "said", role: "status" });
  const weights = new Numbers("The neuron", ["", "value", "gradient"], [
    [{ head: "w" }, "w", "dw"], [{ head: "b" }, "b", "db"], [{ head: "loss" }, "loss"],
  ]);
  const rows = new Numbers("The tumors", ["x", "y", "z = x w + b", "a = g(z)", "a - y"],
    marks.map((_, i) => ["x", "y", "z", "a", "dz"].map(name => `${name}${i}`)));
  const sliders = {
    w: slider("w", ...RANGE.w, 0.05, w => start(w, path.at(-1)[1])),
    b: slider("b", ...RANGE.b, 0.05, b => start(path.at(-1)[0], b)),
  };
  const run = new Runner(() => (path.length < 2000 ? step(1) : run.stop()));

  place.append(
    html("div", { class: "charts" }, curve.svg, surface.svg),
    html("div", { class: "controls" }, sliders.w, sliders.b,
      choice("learning rate", [0.01, 0.03, 0.1, 0.3, 1, 3, 10], rate, chosen => (rate = Number(chosen))),
      button("Step", () => step(1)), button("10 steps", () => step(10)), run.button,
      button("Start over", reset)),
    said, html("div", { class: "tables" }, weights.element, rows.element));

  function round(value) {
    return Math.round(value * 20) / 20;
  }

  /** w -= rate * dL/dw and b -= rate * dL/db: gradient descent over all points at once. */
  function step(count) {
    for (let i = 0; i < count; i++) {
      const [w, b] = path.at(-1), [dw, db] = gradient(points, w, b);
      path.push([w - rate * dw, b - rate * db]);
    }
    show();
  }

  function start(w, b) {
    path = [[w, b]];
    show();
  }

  function reset() {
    run.stop();
    points = [0, 1, 2, 3, 4, 5].map(x => ({ x, y: x < 3 ? 0 : 1 }));
    path = [[-1, 3]];
    pointsMoved();
  }

  function pointsMoved() {
    path = [path.at(-1)]; // another loss: what was walked was another surface
    surface.showLoss((w, b) => meanLoss(points, w, b), LEVELS);
    marks.forEach((mark, i) => {
      const { x, y } = points[i];
      mark.setAttribute("transform", `translate(${curve.px(x)} ${curve.py(y)})`);
      mark.dataset.kind = y;
      mark.setAttribute("aria-valuenow", x);
      mark.setAttribute("aria-valuetext", `${x} cm, ${KINDS[y]}`);
    });
    show();
  }

  function show() {
    const [w, b] = path.at(-1), [dw, db] = gradient(points, w, b), loss = meanLoss(points, w, b);
    const across = Array.from({ length: 129 }, (_, i) =>
      curve.x[0] + (i / 128) * (curve.x[1] - curve.x[0]));
    const outputs = across.map(x => [x, sigmoid(x * w + b)]);
    curve.line(prediction, outputs);
    outputs.filter((_, i) => i % 4 === 0).forEach(([, a], i) => {
      shades[0][i].setAttribute("stop-opacity", Math.max(0, 1 - 2 * a) * 0.45);
      shades[1][i].setAttribute("stop-opacity", Math.max(0, 2 * a - 1) * 0.45);
    });
    curve.line(border, w === 0 ? [] : [[-b / w, curve.y[0]], [-b / w, curve.y[1]]]);
    surface.showPath(path);
    const ofPoints = points.flatMap(({ x, y }, i) => {
      const z = x * w + b, a = sigmoid(z);
      return [[`x${i}`, String(x)], [`y${i}`, String(y)], [`z${i}`, z], [`a${i}`, a], [`dz${i}`, a - y]];
    });
    weights.show({ w, b, dw, db, loss });
    rows.show(Object.fromEntries(ofPoints));
    for (const [name, value] of [["w", w], ["b", b]]) {
      const input = sliders[name].querySelector("input");
      input.value = value;
      input.setAttribute("aria-valuetext", sixDigits(value));
    }
    const steps = path.length - 1;
    said.textContent = `After ${steps} step${steps === 1 ? "" : "s"} the loss is ${sixDigits(loss)}.`;
  }

  reset();
}

playNeuron(document.getElementById("play-neuron"));
