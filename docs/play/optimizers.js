// Four optimizers on the same loss from the same start. The rules are those of
// src/tinyneuron/optimizers/rules.py, for one number at a time. The tests compare the two.

/** Each rule takes a gradient g and what it keeps, and returns what is subtracted from a weight. */
const RULES = {
  SGD: (g, slots, { rate }) => rate * g,
  Momentum: (g, slots, { rate, momentum }) => {
    slots.v = momentum * slots.v + rate * g;
    return slots.v;
  },
  RMSprop: (g, slots, { rate, rho = 0.9, epsilon = 1e-7 }) => {
    slots.v = rho * slots.v + (1 - rho) * g * g;
    return (rate * g) / Math.sqrt(slots.v + epsilon);
  },
  Adam: (g, slots, { rate, t, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }) => {
    slots.m = beta1 * slots.m + (1 - beta1) * g;
    slots.v = beta2 * slots.v + (1 - beta2) * g * g;
    const corrected = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    return (corrected * slots.m) / (Math.sqrt(slots.v) + epsilon);
  },
};

/** A loss of two weights u and v, its gradient, and where to draw it. */
const LOSSES = {
  "a long valley": {
    loss: (u, v) => (u * u + 20 * v * v) / 2,
    gradient: (u, v) => [u, 20 * v],
    start: [-4, 1.5], x: [-5, 3], y: [-2.2, 2.2], levels: [0.5, 2, 5, 9, 14, 20, 27, 36],
  },
  "a curved valley": {
    loss: (u, v) => ((1 - u) ** 2 + 10 * (v - u * u) ** 2) / 2,
    gradient: (u, v) => [u - 1 - 20 * u * (v - u * u), 10 * (v - u * u)],
    start: [-1.5, 0.5], x: [-2, 2], y: [-1, 3], levels: [0.1, 0.5, 1.5, 4, 9, 18, 35, 70],
  },
  "a saddle": {
    loss: (u, v) => (u * u - v * v) / 2 + v ** 4 / 4 + 0.25,
    gradient: (u, v) => [u, v ** 3 - v],
    start: [1.8, 0.001], x: [-2, 2], y: [-1.8, 1.8], levels: [0.02, 0.1, 0.2, 0.3, 0.6, 1, 1.6, 2.4],
  },
};

/** Return the places that an optimizer comes to, the start first. */
function walk(rule, options, { gradient }, start, steps) {
  const slots = [{ m: 0, v: 0 }, { m: 0, v: 0 }], places = [start];
  for (let t = 1; t <= steps; t++) {
    const here = places.at(-1), g = gradient(...here);
    places.push(here.map((w, i) => w - rule(g[i], slots[i], { ...options, t })));
  }
  return places;
}

function playOptimizers(place) {
  const MOST = 200;
  const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.09, 0.1, 0.2, 0.3, 0.5, 1];
  const options = {
    SGD: { rate: 0.09 }, Momentum: { rate: 0.02, momentum: 0.9 }, RMSprop: { rate: 0.1 }, Adam: { rate: 0.3 },
  };
  const shown = { loss: "a long valley", steps: 60, start: null };
  const charts = {}, grid = html("div", { class: "charts four" });
  const run = new Runner(() => (shown.steps < MOST ? set({ steps: shown.steps + 1 }) : run.stop()));
  const numbers = new Numbers("Where they are", ["", "w0", "w1", "loss"],
    Object.keys(RULES).map(name => [{ head: name }, `${name}-u`, `${name}-v`, `${name}-loss`]));
  const said = html("p", { class: "said", role: "status" });
  const sliders = {
    steps: slider("steps", 0, MOST, 1, steps => set({ steps })),
    u: slider("start: w0", -5, 3, 0.05, u => set({ start: [u, shown.start[1]] })),
    v: slider("start: w1", -2, 2, 0.05, v => set({ start: [shown.start[0], v] })),
  };
  place.append(
    html("div", { class: "controls" },
      choice("loss", Object.keys(LOSSES), shown.loss, loss => set({ loss, start: LOSSES[loss].start })),
      sliders.steps, run.button,
      button("Step", () => set({ steps: Math.min(MOST, shown.steps + 1) })),
      button("To the start", () => { run.stop(); set({ steps: 0 }); }), sliders.u, sliders.v),
    grid, said, numbers.element);

  for (const name of Object.keys(RULES)) {
    const controls = html("div", { class: "controls" }, html("strong", {}, name),
      choice("rate", RATES, options[name].rate, rate => setOption(name, "rate", rate)));
    if (name === "Momentum")
      controls.append(choice("momentum", [0, 0.5, 0.8, 0.9, 0.95, 0.99], 0.9,
        momentum => setOption(name, "momentum", momentum)));
    charts[name] = { place: html("figure", { "data-rule": name }, controls) };
    grid.append(charts[name].place);
  }

  function setOption(name, option, value) {
    options[name][option] = Number(value);
    show();
  }

  /** Change what is shown. Another loss has other axes, so its charts are drawn anew. */
  function set(changes) {
    Object.assign(shown, changes);
    if ("loss" in changes) drawCharts();
    show();
  }

  function drawCharts() {
    const { loss, x, y, levels } = LOSSES[shown.loss];
    for (const [name, chart] of Object.entries(charts)) {
      chart.surface?.svg.remove();
      chart.surface = new Surface({ name: `The way of ${name}`, x, y, xName: "w0", yName: "w1" });
      chart.surface.showLoss(loss, levels);
      chart.surface.inside.addEventListener("click", event =>
        set({ start: chart.surface.at(event).map(w => Math.round(w * 20) / 20) }));
      chart.place.append(chart.surface.svg);
    }
    for (const [slide, [from, to]] of [[sliders.u, x], [sliders.v, y]])
      Object.assign(slide.querySelector("input"), { min: from, max: to });
  }

  function show() {
    const landscape = LOSSES[shown.loss], losses = {};
    for (const [name, { surface }] of Object.entries(charts)) {
      const places = walk(RULES[name], options[name], landscape, shown.start, shown.steps);
      const [u, v] = places.at(-1);
      losses[name] = landscape.loss(u, v);
      surface.showPath(places);
      numbers.show({ [`${name}-u`]: u, [`${name}-v`]: v, [`${name}-loss`]: losses[name] });
    }
    const values = { steps: shown.steps, u: shown.start[0], v: shown.start[1] };
    for (const [name, value] of Object.entries(values)) {
      sliders[name].querySelector("input").value = value;
      sliders[name].querySelector("input").setAttribute("aria-valuetext", String(value));
    }
    const least = Object.keys(losses).reduce((best, name) =>
      losses[name] < losses[best] || Number.isNaN(losses[best]) ? name : best);
    said.textContent = `After ${shown.steps} steps from (${shown.start.join(", ")}): ${
      shown.steps ? `${least} has the least loss.` : "all are at the start."}`;
  }

  set({ loss: shown.loss, start: LOSSES[shown.loss].start });
}

playOptimizers(document.getElementById("play-optimizers"));
