"""Every float16 number through every activation and loss, against wider closed forms.

An error is counted in ULPs: how many floats of its dtype lie between the result and the exact
value. Where the exact value is near zero a few ULPs of one can be very many of its own, so an
error has a second count, in ULPs of one where the exact value is less than one.
"""

import numpy as np

from tinyneuron import activations, losses

WIDE = np.longdouble
PI = WIDE("3.14159265358979323846264338327950288")
SELU_SCALE = WIDE("1.0507009873554804934193349852946")
SELU_ALPHA = WIDE("1.6732632423543772848170429916717")


def float16_values():
    """All 63,488 finite ones, both zeros among them, as float64."""
    values = np.arange(2**16, dtype=np.uint16).view(np.float16)
    return values[np.isfinite(values)].astype(np.float64)


def inputs(dtype, every=1):
    """Return every so many of the float16 numbers, and as many near them with full mantissas."""
    values = float16_values()[::every]
    near = values * (1 + np.random.default_rng(0).random(len(values)) / 1024)
    return np.concatenate([values, near]).astype(dtype)


def ulps(got, exact):
    """Return the errors in ULPs, and in ULPs of one where the exact value is less than one."""
    rounded = exact.astype(got.dtype)
    error = np.where(got == rounded, 0, abs(got.astype(WIDE) - exact))
    almost_largest = np.nextafter(np.finfo(got.dtype).max, got.dtype.type(0))
    unit = np.spacing(np.minimum(abs(rounded), almost_largest)).astype(WIDE)
    return error / unit, error / np.maximum(unit, np.finfo(got.dtype).eps)


# Closed forms, each written unlike the source -----------------------------------------------------


def sigmoid(z):
    e = np.exp(-abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-abs(z)))


def sech_squared(z):
    e = np.exp(-2 * abs(z))
    return 4 * e / (1 + e) ** 2


def bell(z):
    """e^(-z^2 / 2), of a square without rounding: the one of z's first 24 bits."""
    z = np.clip(z, -200, 200)
    head = z.astype(np.float32).astype(WIDE)
    return np.exp(-head * head / 2) * np.exp(-(z - head) * (z + head) / 2)


def normal_area(z):
    """Area under the bell curve left of z: a series near 0, a continued fraction in the tails."""
    near = np.clip(z, -2, 2)
    term = total = near.copy()
    for n in range(1, 60):
        term = term * near * near / (2 * n + 1)
        total = total + term
    far = fraction = np.maximum(abs(z), 2)
    for n in range(300, 0, -1):
        fraction = far + n / fraction
    density = bell(z) / np.sqrt(2 * PI)
    tail = density / fraction
    return np.where(abs(z) < 2, 0.5 + density * total, np.where(z < 0, tail, 1 - tail))


def gelu(z):
    return z * normal_area(z)


def gelu_slope(z):
    return normal_area(z) + z * bell(z) / np.sqrt(2 * PI)


def gelu_tanh(z):  # (1 + tanh u) / 2 = sigmoid(2 u)
    return z * sigmoid(np.sqrt(8 / PI) * (z + WIDE("0.044715") * z**3))


def gelu_tanh_slope(z):
    u = np.sqrt(8 / PI) * (z + WIDE("0.044715") * z**3)
    rise = np.sqrt(8 / PI) * (1 + 3 * WIDE("0.044715") * z**2)
    return sigmoid(u) + z * sech_squared(u / 2) / 4 * rise


def mish_gate(z):  # tanh(log(1 + e)) = ((1 + e)^2 - 1) / ((1 + e)^2 + 1)
    e = np.exp(np.minimum(z, 60))
    return e * (e + 2) / (e * (e + 2) + 2)


def mish_slope(z):
    e = np.exp(np.minimum(z, 60))
    return mish_gate(z) + z * sigmoid(z) * (2 * (1 + e) / (e * (e + 2) + 2)) ** 2


def elu(alpha, scale=1):
    return (
        lambda z: scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
        lambda z: scale * np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))),
    )


def celu(alpha):
    return (
        lambda z: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0) / WIDE(alpha))),
        lambda z: np.where(z > 0, 1, np.exp(np.minimum(z, 0) / WIDE(alpha))),
    )


def bent(below, low, high=np.inf):
    """ReLU's family: below * (z - low) to the left of `low`, z, `high` at most."""
    return (
        lambda z: np.minimum(np.where(z < low, below * (z - low), z), high),
        lambda z: np.where(z >= high, 0, np.where(z < low, below, z > 0)),
    )


# name: the activation, its closed form and that of its slope
ACTIVATIONS = {
    "linear": (activations.linear, lambda z: z, np.ones_like),
    "relu": (activations.relu, *bent(WIDE(0), 0)),
    "relu6": (activations.relu6, *bent(WIDE(0), 0, 6)),
    "relu(negative_slope=0.25, max_value=5, threshold=1.5)": (
        activations.ReLU(0.25, 5.0, 1.5),
        *bent(WIDE(0.25), 1.5, 5),
    ),
    "leaky_relu": (
        activations.leaky_relu,
        bent(WIDE("0.2"), 0)[0],
        lambda z: np.where(z > 0, WIDE(1), WIDE("0.2")),
    ),
    "elu": (activations.elu, *elu(1)),
    "elu(alpha=0.3)": (activations.ELU(0.3), *elu(WIDE("0.3"))),
    "selu": (activations.selu, *elu(SELU_ALPHA, SELU_SCALE)),
    "celu": (activations.celu, *celu(1)),
    "celu(alpha=3)": (activations.CELU(3.0), *celu(3)),
    "exponential": (activations.exponential, np.exp, np.exp),
    "sigmoid": (activations.sigmoid, sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (activations.tanh, np.tanh, sech_squared),
    "softplus": (activations.softplus, softplus, sigmoid),
    "log_sigmoid": (activations.log_sigmoid, lambda z: -softplus(-z), lambda z: sigmoid(-z)),
    "softsign": (
        activations.softsign,
        lambda z: z / (1 + abs(z)),
        lambda z: 1 / (1 + abs(z)) ** 2,
    ),
    "silu": (
        activations.silu,
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) * (1 + z * sigmoid(-z)),
    ),
    "mish": (activations.mish, lambda z: z * mish_gate(z), mish_slope),
    "gelu": (activations.gelu, gelu, gelu_slope),
    "gelu(approximate=True)": (activations.GELU(approximate=True), gelu_tanh, gelu_tanh_slope),
    "hard_sigmoid": (
        activations.hard_sigmoid,
        lambda z: np.clip((z + 3) / 6, 0, 1),
        lambda z: np.where(abs(z) < 3, WIDE(1) / 6, 0),
    ),
    "hard_silu": (
        activations.hard_silu,
        lambda z: z * np.clip((z + 3) / 6, 0, 1),
        lambda z: np.where(z >= 3, 1, np.where(z > -3, (2 * z + 3) / 6, 0)),
    ),
}


def activation_errors(name, dtype, every=1):
    """Return the worst errors of an activation and of its slope, each in both counts."""
    activation, value, slope = ACTIVATIONS[name]
    z = inputs(dtype, every)
    return worst(activation(z), value, z), worst(activation.derivative(z), slope, z)


def worst(got, closed_form, *arguments):
    """Return the worst error in both counts."""
    with np.errstate(all="ignore"):
        exact = closed_form(*(each.astype(WIDE) for each in arguments))
        return tuple(float(errors.max()) for errors in ulps(got, np.asarray(exact, WIDE)))


# Losses: closed forms of targets y and outputs a, arrays of shape (rows, outputs). What a loss
# clips, it clips at 1e-7 and 1 - 1e-7 as the dtype in use rounds them: `low` and `high`.


def log_difference(y, a, low):
    y, a = np.maximum(y, low), np.maximum(a, low)
    return np.sign(a - y) * np.log1p(abs(a - y) / (1 + np.minimum(a, y)))


def log_cosh(e):
    near = np.minimum(abs(e), 40)
    return np.log1p(2 * np.sinh(near / 2) ** 2) + (abs(e) - near)


def signed(y):
    return np.where((y == 0) | (y == 1), 2 * y - 1, y)


def bce(y, a, low, high):
    p = np.clip(a, low, high)
    return -y * np.log(p) - (1 - y) * np.log1p(-p)


def bce_gradient(y, a, low, high):
    return np.where((a >= low) & (a <= high), (a - y) / (a * (1 - a)), 0)


def cce(y, a, low, high):
    return -(y * np.log(np.clip(a / a.sum(axis=1, keepdims=True), low, high))).sum(axis=1)


def cce_gradient(y, a, low, high):
    p = a / a.sum(axis=1, keepdims=True)
    heard = y * ((p >= low) & (p <= high))
    by_p = np.where(heard > 0, heard / p, 0)
    return (heard.sum(axis=1, keepdims=True) - by_p) / a.sum(axis=1, keepdims=True)


def cce_logits(y, z):
    return y[:, 0] * softplus(z[:, 1] - z[:, 0]) + y[:, 1] * softplus(z[:, 0] - z[:, 1])


def cce_logits_gradient(y, z):
    p = sigmoid(z[:, 0] - z[:, 1])
    gradient = y[:, 1] * p - y[:, 0] * (1 - p)
    return np.stack([gradient, -gradient], axis=1)


def kld(y, a, low):
    y, a = np.clip(y, low, 1), np.clip(a, low, 1)
    return (y * np.log1p((y - a) / a)).sum(axis=1)


def kld_gradient(y, a, low):
    return np.where((a >= low) & (a <= 1), -np.clip(y, low, 1) / a, 0)


def categorical_hinge_gradient(y, a, low, high):
    wrong = (1 - y) * a
    most = wrong == wrong.max(axis=1, keepdims=True)
    share = (1 - y) * most / most.sum(axis=1, keepdims=True)
    return (share - y) * (1 + wrong.max(axis=1) > (y * a).sum(axis=1))[:, np.newaxis]


def cosine(y, a):
    return -(y * a).sum(axis=1) / np.hypot(*y.T) / np.hypot(*a.T)


def cosine_gradient(y, a):  # the part of y across a, over |y| |a|
    across = (y[:, 1] * a[:, 0] - y[:, 0] * a[:, 1]) / np.hypot(*y.T) / np.hypot(*a.T) ** 3
    return np.stack([across * a[:, 1], -across * a[:, 0]], axis=1)


LOSSES = {  # name: the loss, its outputs (see `outputs`), its closed form, that of its gradient
    "mse": (
        losses.MeanSquaredError(),
        "real",
        lambda y, a, low, high: (a - y) ** 2,
        lambda y, a, low, high: 2 * (a - y),
    ),
    "mae": (
        losses.MeanAbsoluteError(),
        "real",
        lambda y, a, low, high: abs(a - y),
        lambda y, a, low, high: np.sign(a - y),
    ),
    "mape": (
        losses.MeanAbsolutePercentageError(),
        "real",
        lambda y, a, low, high: 100 * abs(a - y) / np.maximum(abs(y), low),
        lambda y, a, low, high: 100 * np.sign(a - y) / np.maximum(abs(y), low),
    ),
    "msle": (
        losses.MeanSquaredLogarithmicError(),
        "positive",
        lambda y, a, low, high: log_difference(y, a, low) ** 2,
        lambda y, a, low, high: np.where(a > low, 2 * log_difference(y, a, low) / (1 + a), 0),
    ),
    "huber": (
        losses.Huber(),
        "real",
        lambda y, a, low, high: np.where(abs(a - y) < 1, (a - y) ** 2, 2 * abs(a - y) - 1) / 2,
        lambda y, a, low, high: np.clip(a - y, -1, 1),
    ),
    "log_cosh": (
        losses.LogCosh(),
        "real",
        lambda y, a, low, high: log_cosh(a - y),
        lambda y, a, low, high: np.tanh(a - y),
    ),
    "poisson": (
        losses.Poisson(),
        "positive",
        lambda y, a, low, high: a - y * np.log(a + low),
        lambda y, a, low, high: 1 - y / (a + low),
    ),
    "hinge": (
        losses.Hinge(),
        "real",
        lambda y, a, low, high: np.maximum(1 - signed(y) * a, 0),
        lambda y, a, low, high: -signed(y) * (signed(y) * a < 1),
    ),
    "squared_hinge": (
        losses.SquaredHinge(),
        "real",
        lambda y, a, low, high: np.maximum(1 - signed(y) * a, 0) ** 2,
        lambda y, a, low, high: -2 * signed(y) * np.maximum(1 - signed(y) * a, 0),
    ),
    "categorical_hinge": (
        losses.CategoricalHinge(),
        "two real, one-hot",
        lambda y, a, low, high: np.maximum(1 + ((1 - y) * a).max(axis=1) - (y * a).sum(axis=1), 0),
        categorical_hinge_gradient,
    ),
    "binary_crossentropy": (losses.BinaryCrossentropy(), "probability", bce, bce_gradient),
    "binary_crossentropy, from logits": (
        losses.BinaryCrossentropy(from_logits=True),
        "real",
        lambda y, z, low, high: y * softplus(-z) + (1 - y) * softplus(z),
        lambda y, z, low, high: (1 - y) * sigmoid(z) - y * sigmoid(-z),
    ),
    "categorical_crossentropy": (
        losses.CategoricalCrossentropy(), "two probabilities", cce, cce_gradient
    ),
    "categorical_crossentropy, from logits": (
        losses.CategoricalCrossentropy(from_logits=True),
        "two real",
        lambda y, z, low, high: cce_logits(y, z),
        lambda y, z, low, high: cce_logits_gradient(y, z),
    ),
    "kl_divergence": (
        losses.KLDivergence(),
        "two probabilities",
        lambda y, a, low, high: kld(y, a, low),
        lambda y, a, low, high: kld_gradient(y, a, low),
    ),
    "cosine_similarity": (
        losses.CosineSimilarity(),
        "two real",
        lambda y, a, low, high: cosine(y, a),
        lambda y, a, low, high: cosine_gradient(y, a),
    ),
}  # fmt: skip
TARGETS = (0.0, 0.3, 1.0)


def outputs(kind, dtype, every):
    """Return rows of outputs: each number alone, or with another to its right."""
    a = inputs(dtype, every)
    if "probabilit" in kind:
        a = a[(a >= 0) & (a <= 1)]
    elif kind == "positive":
        a = a[a >= 0]
    if not kind.startswith("two"):
        return a[:, np.newaxis]
    return np.stack([a, 1 - a if kind == "two probabilities" else np.ones_like(a)], axis=1)


def loss_errors(name, dtype, every=1):
    """Return the worst errors of a loss over all targets, and those of its gradient."""
    loss, kind, closed_form, gradient = LOSSES[name]
    a = outputs(kind, dtype, every)
    limits = np.array(1e-7, dtype), np.array(1 - 1e-7, dtype)
    each = []
    for target in (0.0, 1.0) if kind.endswith("one-hot") else TARGETS:
        y = np.full_like(a, target)
        if kind.startswith("two"):
            y[:, 1] = 1 - y[:, 1]
        encoded = loss.targets(y, a)
        each.append(
            worst(loss.call(encoded, a), lambda *v: closed_form(*v).ravel(), y, a, *limits)
            + worst(loss.gradient(encoded, a), gradient, y, a, *limits)
        )
    value, of_one, slope, slope_of_one = map(max, zip(*each, strict=True))
    return (value, of_one), (slope, slope_of_one)
