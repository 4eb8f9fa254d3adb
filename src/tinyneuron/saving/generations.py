"""Configurations that earlier Keras wrote, in the words of Keras 3.

Keras 1 said ``{"output_dim": 3, "init": "uniform"}`` where Keras 3 says ``{"units": 3,
"kernel_initializer": "uniform"}``, and its Sequential was a list of layers. What changed since is
in a few tables; `model_as_today` and `training_as_today` go through a configuration with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tinyneuron import metrics
from tinyneuron._common.arguments import shown
from tinyneuron.optimizers import schedules

MODELS = ["Sequential", "Functional", "Model"]

_OPTIMIZERS = [
    "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Lion", "Nadam", "RMSprop", "SGD",
]  # fmt: skip
_NAMES = {
    "WeightRegularizer": "L1L2",
    "L1L2Regularizer": "L1L2",
    "ActivityRegularizer": "L1L2",
    "L1Regularizer": "L1",
    "L2Regularizer": "L2",
    "OrthogonalInitializer": "Orthogonal",
    "IdentityInitializer": "Identity",
    "maxnorm": "max_norm",
    "nonneg": "non_neg",
    "unitnorm": "unit_norm",
    "kullback_leibler_divergence": "kl_divergence",
    "cosine_proximity": "cosine_similarity",
    "acc": "accuracy",
}
_RENAMED = {  # for each class: an option's name once, and today
    "Dense": {
        "output_dim": "units",
        "bias": "use_bias",
        "init": "kernel_initializer",
        "W_regularizer": "kernel_regularizer",
        "b_regularizer": "bias_regularizer",
        "W_constraint": "kernel_constraint",
        "b_constraint": "bias_constraint",
    },
    "BatchNormalization": {
        "gamma_init": "gamma_initializer",
        "beta_init": "beta_initializer",
    },
    "Dropout": {"p": "rate"},
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "LeakyReLU": {"alpha": "negative_slope"},
    "MaxNorm": {"m": "max_value"},
    **{name: {"lr": "learning_rate"} for name in _OPTIMIZERS},
}
# Options of layers that say nothing, or that another one says as well.
_IDLE = {"input_dtype", "input_dim", "shared_object_id"}
_IDLE_IN = {"InputLayer": {"input_dtype"}, "Sequential": {"batch_input_shape"}}
# Policies that compute in less than they keep the weights in.
_LESS_THAN_FLOAT32 = ("mixed_float16", "mixed_bfloat16", "float16")
# Options of optimizers: the value that leaves each unused, or ... where it does nothing by itself.
_UNUSED: dict[str, Any] = {
    "use_ema": False,
    "ema_momentum": ...,
    "ema_overwrite_frequency": ...,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "jit_compile": ...,
    "is_legacy_optimizer": ...,
}


class NotOffered(ValueError):  # noqa: N818  (it says what is the case)
    """What a model was trained with, and cannot be taken over: it predicts without it."""


class Writer:
    """The Keras that wrote a file, as far as reading it depends on that.

    Attributes
    ----------
    before_3 : bool
        Keras 1 or 2.
    first : bool
        Keras 1.
    alone : bool
        Keras before it moved into TensorFlow.
    sums_activity : bool
        Keras whose activity penalty is the sum over a batch's rows, where it is the mean now.
    different : list of str
        What computes a little differently here, found while reading.

    Examples
    --------
    >>> Writer("2.2.4").alone, Writer("2.2.4-tf").alone, Writer("2.4.0").alone
    (True, False, False)
    """

    def __init__(self, keras_version: Any, default: str = "3.15"):
        version = keras_version.decode() if isinstance(keras_version, bytes) else keras_version
        numbers = re.findall(r"\d+", str(version or default)) or ["3"]
        major, minor = (*map(int, numbers), 0)[:2]
        self.before_3, self.first = major < 3, major < 2
        self.alone = (major, minor) < (2, 4) and "tf" not in str(version)
        self.sums_activity = self.alone or (3, 0) <= (major, minor) < (3, 14)
        self.version = version
        self.different: list[str] = []

    def note(self, difference: str) -> None:
        """Remember what computes a little differently here."""
        if difference not in self.different:
            self.different.append(difference)


# Models -------------------------------------------------------------------------------------------


def model_as_today(config: Any, writer: Writer) -> dict[str, Any]:
    """Return a model's or a layer's configuration as Keras 3 would have written it."""
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
        raise ValueError(f"a layer's configuration has a 'class_name', got {shown(config)}")
    class_name: str = config["class_name"]
    options: Any = config.get("config")
    if class_name in MODELS:
        if isinstance(options, list):  # until Keras 2.2
            options = {"layers": options}
        if not isinstance(options, Mapping) or not isinstance(options.get("layers"), list):
            raise ValueError(
                f"a {class_name}'s configuration lists its 'layers', got {shown(options)}"
            )
        layers = [model_as_today(layer, writer) for layer in options["layers"]]
        options = {**options, "layers": layers}
    if class_name == "BatchNormalization":
        options = _batch_normalization_as_today(options)
    if isinstance(options, Mapping):
        renamed, idle = _RENAMED.get(class_name, {}), _IDLE | _IDLE_IN.get(class_name, set())
        options = {
            renamed.get(name, name): _option_as_today(name, value, writer)
            for name, value in options.items()
            if name not in idle
        }
        if options.get("name", "") is None:
            del options["name"]
    return {**config, "class_name": class_name, "config": options}


def _batch_normalization_as_today(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return its options without Keras 1's mode, and with TensorFlow's list of one axis as that."""
    today = dict(options)
    if today.pop("mode", 0) != 0:
        raise NotOffered(f"BatchNormalization's mode={options['mode']!r}")
    match today.get("axis"):
        case [axis]:
            today["axis"] = axis
    return today


def _option_as_today(name: str, value: Any, writer: Writer) -> Any:
    """Return a layer's option: an activation, or a description of an object."""
    if name == "activation":
        if value == "hard_sigmoid" and writer.before_3:  # a steeper one then
            return {"class_name": "HardSigmoid", "config": {"reach": 2.5}}
        return value
    if name == "dtype":
        policy = value["config"]["name"] if isinstance(value, Mapping) else value
        if policy in _LESS_THAN_FLOAT32:
            writer.note(f"{policy}: it computes in float32")
            return "float32"
        return value
    if name == "activity_regularizer" and value is not None and writer.sums_activity:
        writer.note(f"Keras {writer.version}'s activity penalty, the sum over rows: it is the mean")
    if name.endswith(("init", "initializer", "regularizer", "constraint")):
        return _object_as_today(value)
    return value


def _object_as_today(value: Any) -> Any:
    """Return the description of an initializer, regularizer or constraint."""
    if isinstance(value, str):
        return _NAMES.get(value, value)
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value and "name" in value:  # Keras 1
        options = dict(value)
        value = {"class_name": options.pop("name"), "config": options}
    class_name, options = value.get("class_name"), value.get("config")
    if isinstance(class_name, str) and isinstance(options, Mapping):
        class_name = _NAMES.get(class_name, class_name)
        renamed = _RENAMED.get(class_name, {})
        options = {renamed.get(name, name): v for name, v in options.items() if name != "dtype"}
    return {**value, "class_name": class_name, "config": options}


# Training -----------------------------------------------------------------------------------------


def training_as_today(settings: Mapping[str, Any], writer: Writer) -> dict[str, Any]:
    """Return what `compile` was given: the optimizer, the loss, two lists of metrics.

    Raises
    ------
    NotOffered
        If something was used that the library does not have.
    """
    if settings.get("loss_weights"):
        raise NotOffered("loss_weights")
    today = {
        "optimizer": optimizer_as_today(settings.get("optimizer") or "rmsprop", writer),
        "loss": _loss_as_today(settings.get("loss")),
    }
    for kind in ("metrics", "weighted_metrics"):
        today[kind] = [_metric_as_today(metric) for metric in _flat(settings.get(kind))]
    return today


def optimizer_as_today(written: Any, writer: Writer) -> Any:
    """Return an optimizer's description with today's options."""
    if not isinstance(written, Mapping):
        return written
    class_name, options = written["class_name"], dict(written["config"])
    if class_name.removeprefix("Custom>") in _OPTIMIZERS:  # so TensorFlow calls its own
        class_name = class_name.removeprefix("Custom>")
    if class_name == "Nadam" and writer.before_3 and "use_ema" not in options:
        raise NotOffered("Nadam as it was before TensorFlow 2.11")
    for option, unused in _UNUSED.items():
        value = options.pop(option, unused)
        if unused is not ... and value != unused:
            raise NotOffered(f"the optimizer's {option}={value!r}")
    renamed = _RENAMED.get(class_name, {})
    options = {renamed.get(name, name): value for name, value in options.items()}
    if options.get("epsilon", 0) is None:
        del options["epsilon"]
    if writer.alone and "clipnorm" in options:  # of all gradients together, then
        options["global_clipnorm"] = options.pop("clipnorm")
    rate: Any = options.get("learning_rate")
    decay = options.pop("decay", None)
    if decay:
        options["learning_rate"] = schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=decay)
    elif isinstance(rate, Mapping) and isinstance(rate.get("config"), Mapping):
        named = {name: value for name, value in rate["config"].items() if value is not None}
        options["learning_rate"] = {**rate, "config": named}
    return {**written, "class_name": class_name, "config": options}


def _loss_as_today(written: Any) -> Any:
    """Return a loss: its name, or a description."""
    if isinstance(written, list) and len(written) == 1:
        written = written[0]
    if isinstance(written, list) or (isinstance(written, Mapping) and "class_name" not in written):
        raise NotOffered("a loss for each of several outputs")
    written = _function_name(written)
    if isinstance(written, Mapping) and isinstance(written.get("config"), Mapping):
        options = {name: value for name, value in written["config"].items() if name != "fn"}
        if options.get("reduction") == "auto":
            options["reduction"] = "sum_over_batch_size"
        written = {**written, "config": options}
    return written


def _metric_as_today(written: Any) -> Any:
    """Return a metric: its name, or a description."""
    written = _function_name(written)
    if isinstance(written, Mapping) and isinstance(written.get("config"), Mapping):
        options = dict(written["config"])
        of = _function_name(options.get("fn"))
        wraps = written.get("class_name") == "MeanMetricWrapper" and isinstance(of, str)
        if wraps and of in metrics.REGISTRY.table:
            del options["fn"]
            return {"class_name": of, "config": options}
    return written


def _function_name(written: Any) -> Any:
    """Return the name of a function that is described, or given by name."""
    if isinstance(written, Mapping) and written.get("class_name") == "function":
        written = written["config"]
    return _NAMES.get(written, written) if isinstance(written, str) else written


def _flat(written: Any) -> Iterator[Any]:
    """Yield the metrics in lists of lists, or by output."""
    if isinstance(written, Mapping) and "class_name" not in written:
        written = list(written.values())
    if isinstance(written, list | tuple):
        for item in written:
            yield from _flat(item)
    elif written is not None:
        yield written
