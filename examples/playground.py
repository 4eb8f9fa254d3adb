"""A neuron to play with: move its weight and bias, and watch its curve and its loss.

The sliders write into the weights of a Dense layer of one unit. A click in the left plot adds a
point; the buttons train the neuron by gradient descent, whose path shows in the right plot.

    python examples/playground.py
    python examples/playground.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.layers import Dense

ACTIVATIONS = ["linear", "sigmoid", "relu", "tanh"]
START = 1.0, 2.0  # w and b
W_RANGE, B_RANGE = (-4.0, 4.0), (-8.0, 8.0)
X_RANGE, Y_RANGE = (-0.5, 5.5), (-0.6, 1.6)
PLOTS = [["curve", "surface"]]
WIDGETS = [
    [*["w"] * 5, ".", *["activation"] * 3, "step", "step"],
    [*["b"] * 5, ".", *["activation"] * 3, "steps", "steps"],
    [*["rate"] * 5, ".", *["activation"] * 3, "reset", "reset"],
]


def main():
    options = parse_arguments(__doc__, seed=None, shows=True)
    make_pictures(options, play, options)
    print("\nLook at: the path over the loss. Each step goes downhill, across the contours.")
    print("Try next: linear, with a learning rate above 0.1. Why does the loss grow?")


def play(options):
    start = START
    if options.seed is not None:
        start = np.random.default_rng(options.seed).uniform(*zip(W_RANGE, B_RANGE, strict=True))
    playground = Playground(start)
    print("Move w and b until the curve goes through the points, or have it learned step by step.")
    if options.save:
        playground.rate_slider.set_val(0.5)
        playground.step(100)
    return {"playground_1_window": playground.figure}


class Playground:
    """The window: a neuron, its data, and the widgets that change them."""

    def __init__(self, start=START):
        from matplotlib.widgets import Button, RadioButtons, Slider

        self.start = start
        self.figure, self.axes = make_axes()
        (self.curve,) = self.axes["curve"].plot([], [])
        (self.points,) = self.axes["curve"].plot([], [], "o", color="black", ms=7, zorder=3)
        self.formula = self.axes["formula"].text(0.5, 0.5, "", ha="center", va="center", size=12)

        form = {"valfmt": "%.2f", "initcolor": "none"}
        self.w_slider = Slider(self.axes["w"], "w", *W_RANGE, **form)
        self.b_slider = Slider(self.axes["b"], "b", *B_RANGE, **form)
        self.rate_slider = Slider(self.axes["rate"], "learning rate", 0.01, 1, valinit=0.05, **form)
        for slider in (self.w_slider, self.b_slider, self.rate_slider):
            slider.label.set_x(-0.05)  # clear of the handle at either end
            slider.valtext.set_x(1.05)
        self.activation = RadioButtons(self.axes["activation"], ACTIVATIONS, 1, activecolor="C0")
        self.step_button = Button(self.axes["step"], "1 step")
        self.steps_button = Button(self.axes["steps"], "100 steps")
        self.reset_button = Button(self.axes["reset"], "reset")

        self.w_slider.on_changed(self.move_w)
        self.b_slider.on_changed(self.move_b)
        self.activation.on_clicked(self.choose)
        self.step_button.on_clicked(lambda event: self.step())
        self.steps_button.on_clicked(lambda event: self.step(100))
        self.reset_button.on_clicked(lambda event: self.reset())
        self.figure.canvas.mpl_connect("button_press_event", self.click)
        self.figure.canvas.mpl_connect("resize_event", lambda event: self.lay_out())
        self.reset()
        self.lay_out()

    # What the learner does ---------------------------------------------------------------------

    def reset(self):
        """Start over with the points of the lab."""
        self.x = np.arange(6.0).reshape(-1, 1)  # the size of a tumor
        self.y = (self.x > 2).astype(float)  # whether it is malignant
        self.rate_slider.reset()
        self.make_neuron(*self.start)

    def choose(self, activation):
        self.make_neuron(*self.weights)

    def move_w(self, w):
        self.neuron.kernel[...] = w
        self.start_path()

    def move_b(self, b):
        self.neuron.bias[...] = b
        self.start_path()

    def click(self, event):
        """Add a point, unless the toolbar's zoom or pan has the mouse."""
        if event.inaxes is self.axes["curve"] and not self.figure.canvas.widgetlock.locked():
            self.x = np.vstack([self.x, [[event.xdata]]])
            self.y = np.vstack([self.y, [[np.clip(event.ydata, 0, 1)]]])
            self.start_path()

    def step(self, number=1):
        """Go downhill: w -= learning_rate * dL/dw, and b likewise."""
        self.model.optimizer.learning_rate = self.rate_slider.val
        for _ in range(number):
            self.model.train_on_batch(self.x, self.y)
            self.path.append(self.weights)
        self.draw()

    # The neuron --------------------------------------------------------------------------------

    def make_neuron(self, w, b):
        activation = self.activation.value_selected
        self.neuron = Dense(1, activation, dtype="float64")
        self.model = keras.Sequential([keras.Input((1,), dtype="float64"), self.neuron])
        loss = "binary_crossentropy" if activation == "sigmoid" else "mean_squared_error"
        self.model.compile(keras.optimizers.SGD(), loss)
        self.neuron.set_weights([[[w]], [b]])
        self.start_path()

    @property
    def weights(self):
        return self.neuron.kernel.item(), self.neuron.bias.item()

    # The pictures ------------------------------------------------------------------------------

    def start_path(self):
        self.path = [self.weights]
        self.draw()

    def draw(self):
        across = np.linspace(*X_RANGE, 401)
        self.curve.set_data(across, self.model.predict(across[:, np.newaxis])[:, 0])
        self.points.set_data(self.x[:, 0], self.y[:, 0])
        self.formula.set_text(self.describe())
        for slider, weight in zip((self.w_slider, self.b_slider), self.weights, strict=True):
            show_on(slider, weight)
        self.axes["surface"].clear()
        plot_loss_surface(self.model, self.x, self.y, self.path, self.axes["surface"])
        self.figure.canvas.draw_idle()

    def lay_out(self):
        """Make room for all labels, once for each size: at each drawing it would take long."""
        self.figure.set_layout_engine("constrained")
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

    def describe(self):
        """Return the formula with its numbers."""
        w, b = self.weights
        z = f"{number(w)} x + {number(b) if b >= 0 else f'({number(b)})'}"
        name = self.activation.value_selected
        a = z if name == "linear" else f"{name}({z})"
        return f"a = {a},   loss = {number(self.model.test_on_batch(self.x, self.y))}"


def number(value):
    return f"{value:.2f}" if abs(value) < 1000 else f"{value:.2e}"


def show_on(slider, weight):
    """Move the slider there, or as near as it goes, without its writing into the weight."""
    slider.eventson = slider.drawon = False
    slider.set_val(np.clip(weight, slider.valmin, slider.valmax))
    slider.eventson = slider.drawon = True


def make_axes():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplot_mosaic(
        [[PLOTS], ["formula"], [WIDGETS]],
        layout="none",
        figsize=(8, 6),
        height_ratios=[12, 1.5, 4],
    )
    figure.canvas.manager.set_window_title("A neuron to play with")
    for name in axes.keys() - {"curve", "surface"}:
        axes[name].set(xticks=[], yticks=[])
        axes[name].spines[:].set_visible(False)
    axes["curve"].set(xlabel="x", ylabel="a", xlim=X_RANGE, ylim=Y_RANGE)
    axes["curve"].set(title="The neuron: click to add a point")
    return figure, axes


def plot_loss_surface(model, x, y, path, ax):
    """Draw the loss at each w and b as contours, and the path that ends at the model's.

    `tinyneuron.plotting.plot_loss_surface` does so for any loss, asking the model at each place;
    this one takes all places at once, to keep up with a slider.
    """
    from tinyneuron.plotting.surface import draw_loss, draw_path

    w, b = np.meshgrid(np.linspace(*W_RANGE, 97), np.linspace(*B_RANGE, 97))
    loss = loss_at(model.layers[0].activation, w[..., np.newaxis], b[..., np.newaxis], x, y)
    draw_loss(ax, w[0], b[:, 0], loss, bar=False)
    draw_path(ax, np.array(path))
    ax.plot(*path[-1], "o", color="white", ms=9, mec="black")
    ax.set(title="The loss: dark is low", xlabel="w", ylabel="b", xlim=W_RANGE, ylim=B_RANGE)


def loss_at(activation, w, b, x, y):
    """Return the loss at weights of shape (..., 1), of the shape without that axis."""
    x, y = x[:, 0], y[:, 0]
    z = w * x + b
    if activation is keras.activations.sigmoid:
        return np.mean(np.logaddexp(0, z) - y * z, axis=-1)  # the binary cross-entropy
    return np.mean((activation(z) - y) ** 2, axis=-1)


if __name__ == "__main__":
    main()
