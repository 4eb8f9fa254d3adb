"""A case in PyTorch: the model written out, gradients by autograd, steps by torch.optim."""

import math

import numpy as np
import torch
from compare import Results
from torch.nn import functional

torch.set_num_threads(1)
EPSILON = 1e-7  # Keras'


def _relu(z, negative_slope=0.0, max_value=None, threshold=0.0):
    a = torch.where(z >= threshold, z, negative_slope * (z - threshold))
    return a if max_value is None else torch.clamp(a, max=max_value)


ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "relu": _relu,
    "relu6": functional.relu6,
    "leaky_relu": lambda z, negative_slope=0.2: functional.leaky_relu(z, negative_slope),
    "elu": functional.elu,
    "selu": functional.selu,
    "celu": functional.celu,
    "tanh": torch.tanh,
    "softmax": lambda z: functional.softmax(z, -1),
    "log_softmax": lambda z: functional.log_softmax(z, -1),
    # from its threshold on, PyTorch takes z itself: by default at 20, where e^-20 is still seen
    "softplus": lambda z: functional.softplus(z, threshold=40),
    "softsign": functional.softsign,
    "exponential": torch.exp,
    "silu": functional.silu,
    "hard_silu": functional.hardswish,
    "gelu": lambda z, approximate=False: functional.gelu(
        z, approximate="tanh" if approximate else "none"
    ),
    # functional.hardsigmoid takes a sixth in float32 on the way back, even in float64
    "hard_sigmoid": lambda z: functional.relu6(z + 3) / 6,
    "log_sigmoid": functional.logsigmoid,
    "mish": functional.mish,
}


def _binary_crossentropy(case, y, a):
    y = _smooth(case, y, 2)
    if case.loss_options.get("from_logits"):
        return functional.binary_cross_entropy_with_logits(a, y, reduction="none").mean(-1)
    if case.layers[-1].activation == "sigmoid":  # which tinyneuron, too, clips nowhere
        return functional.binary_cross_entropy(a, y, reduction="none").mean(-1)
    a = torch.clamp(a, EPSILON, 1 - EPSILON)
    return -(y * torch.log(a) + (1 - y) * torch.log(1 - a)).mean(-1)


def _categorical_crossentropy(case, y, a):
    if case.loss_options.get("from_logits"):
        smoothing = case.loss_options.get("label_smoothing", 0.0)
        return functional.cross_entropy(a, y, reduction="none", label_smoothing=smoothing)
    p = a / a.sum(-1, keepdim=True)
    if case.layers[-1].activation != "softmax":
        p = torch.clamp(p, EPSILON, 1 - EPSILON)
    return -(_smooth(case, y, a.shape[-1]) * torch.log(p)).sum(-1)


def _sparse_categorical_crossentropy(case, y, a):
    one_hot = functional.one_hot(y.long(), a.shape[-1]).to(a.dtype)
    return _categorical_crossentropy(case, one_hot, a)


def _smooth(case, y, classes):
    smoothing = case.loss_options.get("label_smoothing", 0.0)
    return y * (1 - smoothing) + smoothing / classes


def _squared_logarithmic_error(case, y, a):
    return (torch.log1p(torch.clamp(a, min=EPSILON)) - torch.log1p(y)).square().mean(-1)


def _margins(case, y, a):
    signs = 2 * y - 1 if case.targets == "binary" else y
    return torch.relu(1 - signs * a)


def _categorical_hinge(case, y, a):
    return torch.relu(1 + ((1 - y) * a).amax(-1) - (y * a).sum(-1))


# Each takes (case, y, a) and returns the loss of each row; PyTorch's own where it has one.
LOSSES = {
    "MeanSquaredError": lambda case, y, a: functional.mse_loss(a, y, reduction="none").mean(-1),
    "MeanAbsoluteError": lambda case, y, a: functional.l1_loss(a, y, reduction="none").mean(-1),
    "MeanAbsolutePercentageError": lambda case, y, a: 100 * ((a - y) / y).abs().mean(-1),
    "MeanSquaredLogarithmicError": _squared_logarithmic_error,
    "Huber": lambda case, y, a: functional.huber_loss(
        a, y, reduction="none", delta=case.loss_options["delta"]
    ).mean(-1),
    "LogCosh": lambda case, y, a: torch.log(torch.cosh(a - y)).mean(-1),
    "BinaryCrossentropy": _binary_crossentropy,
    "CategoricalCrossentropy": _categorical_crossentropy,
    "SparseCategoricalCrossentropy": _sparse_categorical_crossentropy,
    "KLDivergence": lambda case, y, a: functional.kl_div(
        torch.log(torch.clamp(a, EPSILON, 1)), torch.clamp(y, EPSILON, 1), reduction="none"
    ).sum(-1),
    "Poisson": lambda case, y, a: functional.poisson_nll_loss(
        a, y, log_input=False, eps=EPSILON, reduction="none"
    ).mean(-1),
    "Hinge": lambda case, y, a: _margins(case, y, a).mean(-1),
    "SquaredHinge": lambda case, y, a: _margins(case, y, a).square().mean(-1),
    "CategoricalHinge": _categorical_hinge,
    "CosineSimilarity": lambda case, y, a: -functional.cosine_similarity(y, a, dim=-1),
}


def train(case, trial, dtype):
    weights = [torch.tensor(w, requires_grad=True) for w in case.weights(trial, dtype)]
    optimizer = _optimizer(case, weights)
    results = Results(steps=[])
    for step, batch in enumerate(case.batches(trial, dtype), start=1):
        outputs, penalty = _forward(case, weights, torch.tensor(batch.x))
        loss = _loss(case, batch, outputs) + penalty
        optimizer.zero_grad()
        loss.backward()
        if step == 1:
            results.forward = outputs.detach().numpy()
            results.loss = loss.detach().numpy()
            results.gradient = [weight.grad.numpy().copy() for weight in weights]
        _step(case, optimizer, weights, step)
        results.steps.append([weight.detach().numpy().copy() for weight in weights])
    return results


def _forward(case, weights, x):
    """Return the outputs, and the penalties on the weights."""
    weights, penalty = iter(weights), torch.zeros((), dtype=x.dtype)
    for layer in case.layers:
        kernel = next(weights)
        z = x @ kernel
        penalty = penalty + _penalty(layer.kernel_regularizer, kernel)
        if layer.use_bias:
            bias = next(weights)
            z = z + bias
            penalty = penalty + _penalty(layer.bias_regularizer, bias)
        x = ACTIVATIONS[layer.activation](z, **layer.activation_options)
    return x, penalty


def _penalty(regularizer, weight):
    l1, l2 = regularizer or (0.0, 0.0)
    return l1 * weight.abs().sum() + l2 * weight.square().sum()


def _loss(case, batch, outputs):
    losses = LOSSES[case.loss](case, torch.tensor(batch.y), outputs)
    weights = torch.tensor(_row_weights(batch), dtype=outputs.dtype)
    reduction = case.loss_options["reduction"]
    total = (losses * weights).sum()
    if reduction == "sum":
        return total
    return total / (weights.sum() if reduction == "mean_with_sample_weight" else len(losses))


def _row_weights(batch):
    if batch.class_weight is None:
        return np.ones(len(batch.x)) if batch.sample_weight is None else batch.sample_weight
    y = batch.y
    classes = y.argmax(-1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel()
    return np.array([batch.class_weight[int(k)] for k in classes])


def _optimizer(case, weights):
    options = dict(case.optimizer_options)
    options.pop("clipvalue", None)  # see _step
    rate = options.pop("learning_rate")
    if case.optimizer == "SGD":
        nesterov = options["nesterov"] and options["momentum"] > 0  # PyTorch refuses it otherwise
        return torch.optim.SGD(weights, rate, momentum=options["momentum"], nesterov=nesterov)
    betas, eps = (options.pop("beta_1"), options.pop("beta_2")), options.pop("epsilon")
    return getattr(torch.optim, case.optimizer)(weights, rate, betas=betas, eps=eps, **options)


def _step(case, optimizer, weights, step):
    options = case.optimizer_options
    if "clipvalue" in options:
        torch.nn.utils.clip_grad_value_(weights, options["clipvalue"])
    if "beta_2" in options:
        # PyTorch adds epsilon to sqrt(v / (1 - beta_2^t)), Keras to sqrt(v) before the division
        correction = math.sqrt(1 - options["beta_2"] ** step)
        optimizer.param_groups[0]["eps"] = options["epsilon"] / correction
    optimizer.step()
