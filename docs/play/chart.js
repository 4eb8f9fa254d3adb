// What both things to play with draw: axes, a loss surface, the path over it, and their numbers.
// The colours are those of docs/pictures.md; their values stand in play.css, light and dark.

const WIDTH = 400, HEIGHT = 300; // of a chart, in its own units; it is as wide as its place
const MARGIN = { left: 46, right: 10, top: 10, bottom: 42 };

// Dark blue is the least loss, yellow the most: matplotlib's cividis at nine places.
const LOSS_COLORS = [
  [0, 34, 78], [26, 56, 111], [62, 81, 107], [87, 101, 109], [112, 113, 115],
  [138, 134, 121], [166, 157, 117], [201, 186, 99], [254, 232, 56],
];

/** Show a number with six digits, as the page promises. */
function sixDigits(number) {
  if (!Number.isFinite(number)) return String(number);
  const size = Math.abs(number);
  if (size < 1e-12) return "0";
  return size < 1e-3 ? number.toExponential(5) : number.toPrecision(6);
}

/** Make an element of HTML, with attributes and children. */
function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Make an element of SVG, within a parent. */
function draw(parent, tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

/** Make a list of choices with its label. */
function choice(label, values, chosen, changed) {
  const select = html("select", {}, ...values.map(value => html("option", { value }, value)));
  select.value = chosen;
  select.addEventListener("change", () => changed(select.value));
  return html("label", {}, label, select);
}

/** Make a slider with its label; `changed` gets a number, rounded to `grain`. */
function slider(label, from, to, grain, changed) {
  const input = html("input", { type: "range", min: from, max: to, step: "any" });
  const value = () => Math.round(Number(input.value) / grain) * grain;
  input.addEventListener("input", () => changed(Number(value().toFixed(6))));
  return html("label", {}, label, input);
}

/** Make a button. */
function button(text, pressed) {
  const element = html("button", { type: "button" }, text);
  element.addEventListener("click", pressed);
  return element;
}

/** A table of numbers: `show` fills in those that have changed, each under its name. */
class Numbers {
  constructor(caption, heads, rows) {
    this.cells = {};
    const cell = name => {
      if (typeof name === "object") return html("th", { scope: "row" }, name.head);
      return (this.cells[name] = html("td", { "data-number": name }));
    };
    this.element = html(
      "table", { class: "numbers" },
      html("caption", {}, caption),
      html("thead", {}, html("tr", {}, ...heads.map(head => html("th", { scope: "col" }, head)))),
      html("tbody", {}, ...rows.map(row => html("tr", {}, ...row.map(cell)))),
    );
  }

  show(values) {
    for (const [name, value] of Object.entries(values))
      this.cells[name].textContent = typeof value === "number" ? sixDigits(value) : value;
  }
}

/** Axes with names and ticks; what is drawn in `inside` is cut at their borders. */
class Chart {
  static count = 0;

  constructor({ name, x, y, xName, yName }) {
    this.x = x;
    this.y = y;
    this.svg = draw(html("div"), "svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": name,
    });
    const box = {
      x: MARGIN.left, y: MARGIN.top,
      width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom,
    };
    const clip = `inside-${Chart.count++}`;
    draw(draw(this.svg, "clipPath", { id: clip }), "rect", box);
    draw(this.svg, "rect", { ...box, class: "background" });
    this.inside = draw(this.svg, "g", { "clip-path": `url(#${clip})` });
    draw(this.svg, "rect", { ...box, class: "frame" });
    for (const tick of ticks(x)) {
      draw(this.svg, "path", { class: "frame", d: `M${this.px(tick)} ${this.py(y[0])}v4` });
      const place = { x: this.px(tick), y: this.py(y[0]) + 18, class: "middle" };
      draw(this.svg, "text", place, String(tick));
    }
    for (const tick of ticks(y)) {
      draw(this.svg, "path", { class: "frame", d: `M${this.px(x[0])} ${this.py(tick)}h-4` });
      const place = { x: this.px(x[0]) - 7, y: this.py(tick) + 5, class: "end" };
      draw(this.svg, "text", place, String(tick));
    }
    const middle = HEIGHT / 2 - 16;
    draw(this.svg, "text", { x: WIDTH / 2 + 18, y: HEIGHT - 5, class: "middle" }, xName);
    draw(this.svg, "text", { class: "middle", transform: `translate(12 ${middle}) rotate(-90)` }, yName);
    this.front = draw(this.svg, "g"); // points that can be taken may reach over the border
  }

  px(x) {
    const [from, to] = this.x;
    return MARGIN.left + ((x - from) / (to - from)) * (WIDTH - MARGIN.left - MARGIN.right);
  }

  py(y) {
    const [from, to] = this.y;
    return HEIGHT - MARGIN.bottom - ((y - from) / (to - from)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  }

  /** Return where a pointer is, in the numbers of the axes, and not beyond them. */
  at(event) {
    const box = this.svg.getBoundingClientRect();
    const right = ((event.clientX - box.left) / box.width) * WIDTH - MARGIN.left;
    const down = ((event.clientY - box.top) / box.height) * HEIGHT - MARGIN.top;
    const along = (share, [from, to]) => from + Math.min(1, Math.max(0, share)) * (to - from);
    return [
      along(right / (WIDTH - MARGIN.left - MARGIN.right), this.x),
      along(1 - down / (HEIGHT - MARGIN.top - MARGIN.bottom), this.y),
    ];
  }

  /** Let an element be dragged, by mouse, finger or pen. */
  drag(element, moved) {
    element.addEventListener("pointerdown", event => {
      element.setPointerCapture?.(event.pointerId);
      event.preventDefault();
      element.focus();
      const move = moving => moved(...this.at(moving));
      const stop = () => {
        element.removeEventListener("pointermove", move);
        element.removeEventListener("pointerup", stop);
        element.removeEventListener("pointercancel", stop);
      };
      element.addEventListener("pointermove", move);
      element.addEventListener("pointerup", stop);
      element.addEventListener("pointercancel", stop);
    });
  }

  /** Draw a line through points, as far as it can be drawn. */
  line(element, points) {
    const end = points.findIndex(([x, y]) => !(Math.abs(x) < 1e4 && Math.abs(y) < 1e4));
    const shown = end < 0 ? points : points.slice(0, end);
    const places = shown.map(([x, y]) => `${this.px(x).toFixed(2)} ${this.py(y).toFixed(2)}`);
    element.setAttribute("d", places.length ? `M${places.join("L")}` : "");
  }
}

/** Return at most nine round numbers in a range. */
function ticks([from, to]) {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10].find(size => (to - from) / size <= 8);
  const found = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) found.push(Number((i * step).toFixed(6)));
  return found;
}

/** A loss over two weights: bands of colour, lines between them with their loss, and a path. */
class Surface extends Chart {
  constructor(options) {
    super(options);
    this.image = draw(this.inside, "image", {
      x: this.px(this.x[0]), y: this.py(this.y[1]), preserveAspectRatio: "none",
      width: this.px(this.x[1]) - this.px(this.x[0]), height: this.py(this.y[0]) - this.py(this.y[1]),
    });
    this.labels = draw(this.inside, "g");
    this.path = ["under", "over", "dots"].map(name => draw(this.inside, "path", { class: `path ${name}` }));
    this.begin = draw(this.inside, "rect", { class: "mark", x: -5, y: -5, width: 10, height: 10 });
    this.end = draw(this.front, "path", {
      class: "mark", d: "M0-10 2.4-3.2 9.5-3.1 3.8 1.2 5.9 8.1 0 4-5.9 8.1-3.8 1.2-9.5-3.1-2.4-3.2Z",
    });
  }

  /** Draw the surface of a loss, with lines where it has these values. */
  showLoss(loss, levels) {
    const [columns, rows, fine] = [90, 66, 8]; // the loss on a coarse grid, straight lines between
    const place = (i, n, [from, to]) => from + (i / n) * (to - from);
    const grid = Array.from({ length: rows + 1 }, (_, r) =>
      Array.from({ length: columns + 1 }, (_, c) =>
        loss(place(c, columns, this.x), place(rows - r, rows, this.y))));
    const canvas = html("canvas", { width: columns * fine, height: rows * fine });
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(canvas.width, canvas.height);
    const bands = new Uint8Array(canvas.width * canvas.height);
    const bandOf = value => {
      let band = 0;
      while (band < levels.length && value > levels[band]) band++;
      return band;
    };
    for (let i = 0; i < bands.length; i++) {
      const x = (i % canvas.width) / fine, y = Math.floor(i / canvas.width) / fine;
      const c = Math.floor(x), r = Math.floor(y), right = x - c, down = y - r;
      const above = grid[r][c] * (1 - right) + grid[r][c + 1] * right;
      const below = grid[r + 1][c] * (1 - right) + grid[r + 1][c + 1] * right;
      bands[i] = bandOf(above * (1 - down) + below * down);
    }
    for (let i = 0; i < bands.length; i++) {
      const near = [i + 1, i + 2, i + canvas.width, i + 2 * canvas.width];
      const onLine = near.some(j => bands[j] !== undefined && bands[j] !== bands[i]
        && Math.abs((j % canvas.width) - (i % canvas.width)) < 3);
      const light = bands[i] < levels.length / 2 ? [255, 255, 255] : [0, 0, 0];
      const color = onLine ? light : lossColor(bands[i] / levels.length);
      pixels.data.set([...color, 255], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
    this.image.setAttribute("href", canvas.toDataURL());
    this.#label(grid, levels);
  }

  /** Write each level beside its line: where the line is first met from the lower left corner up. */
  #label(grid, levels) {
    this.labels.replaceChildren();
    const rows = grid.length - 1, columns = grid[0].length - 1, taken = [];
    levels.forEach((level, number) => {
      for (let i = 4; i < columns - 4; i++) {
        const c = number % 2 ? columns - i : i;
        const r = [...Array(rows - 7).keys()].map(k => k + 4)
          .find(k => grid[k][c] > level !== grid[k - 1][c] > level);
        const x = this.px(this.x[0] + (c / columns) * (this.x[1] - this.x[0]));
        const y = r && this.py(this.y[1] - (r / rows) * (this.y[1] - this.y[0]));
        if (!r || taken.some(([u, v]) => Math.hypot(u - x, v - y) < 34)) continue;
        taken.push([x, y]);
        const tone = number < levels.length / 2 ? "on-dark" : "on-light";
        draw(this.labels, "text", { x, y: y + 4, class: `middle level ${tone}` }, String(level));
        return;
      }
    });
  }

  /** Draw the way from the first place to the last. */
  showPath(places) {
    const [under, over, dots] = this.path;
    for (const line of [under, over]) this.line(line, places);
    this.line(dots, places);
    dots.setAttribute("d", (dots.getAttribute("d").match(/[ML][^L]+/g) ?? [])
      .map(place => `M${place.slice(1)}h0`).join(""));
    const put = (mark, [x, y]) => {
      const inRange = Math.abs(x) < 1e4 && Math.abs(y) < 1e4;
      mark.setAttribute("visibility", inRange ? "visible" : "hidden");
      if (inRange) mark.setAttribute("transform", `translate(${this.px(x)} ${this.py(y)})`);
    };
    put(this.begin, places[0]);
    const [x, y] = places.at(-1);
    const within = x >= this.x[0] && x <= this.x[1] && y >= this.y[0] && y <= this.y[1];
    put(this.end, within ? [x, y] : [NaN, NaN]);
  }
}

/** Return the colour of a loss: 0 is the least, 1 the most. */
function lossColor(share) {
  const place = share * (LOSS_COLORS.length - 1), below = Math.min(Math.floor(place), LOSS_COLORS.length - 2);
  return LOSS_COLORS[below].map((part, i) =>
    Math.round(part + (place - below) * (LOSS_COLORS[below + 1][i] - part)));
}

/** A button that runs something ten times a second, until it is pressed again. */
class Runner {
  constructor(action) {
    this.action = action;
    this.timer = null;
    this.button = button("Run", () => (this.timer ? this.stop() : this.start()));
  }

  start() {
    this.timer = setInterval(this.action, 100);
    this.button.textContent = "Pause";
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = "Run";
  }
}
