r"""Losses: how wrong the outputs a are, given the targets y, and in which direction.

Each class is two formulas, one below the other: `call`, the loss of each sample, and `gradient`,
its derivative by each output. What they share (weights, reduction, checks of shapes) stands once,
in `Loss`.

>>> MeanSquaredError()([[0.0], [1.0]], [[0.5], [0.5]])
0.25

A cross-entropy fits one activation, its `link`: binary cross-entropy fits the sigmoid, categorical
cross-entropy the softmax. Computed from the logits z, before that activation, they are exact at
any size, and their gradient by z is the simplest there is: a - y.

>>> BinaryCrossentropy(from_logits=True)([[1.0]], [[-1000.0]])
1000.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tinyneuron._common.arrays import Array
from tinyneuron._common.configuration import serialize
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.names import to_snake_case
from tinyneuron._common.registry import Registry, deserializing
from tinyneuron.losses.base import Loss
from tinyneuron.losses.categorical import CategoricalCrossentropy, SparseCategoricalCrossentropy
from tinyneuron.losses.cross_entropy import BinaryCrossentropy, CrossEntropy
from tinyneuron.losses.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from tinyneuron.losses.hinges import CategoricalHinge, Hinge, SquaredHinge
from tinyneuron.losses.likelihoods import KLDivergence, Poisson
from tinyneuron.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)
from tinyneuron.losses.similarity import CosineSimilarity

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "CrossEntropy",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "deserialize",
    "get",
    "serialize",
]


def _function(cls: type[Loss]) -> Callable[..., Array]:
    """Make Keras' function form: the samples' losses, without weights or reduction."""

    def function(y_true: Any, y_pred: Any, **options: Any) -> Array:
        return cls(reduction=None, **options)(y_true, y_pred)

    function.__name__ = function.__qualname__ = to_snake_case(cls.__name__)
    function.__doc__ = f"Return each sample's `{cls.__name__}`."
    function.loss_class = cls  # type: ignore[attr-defined]
    return function


mean_squared_error = _function(MeanSquaredError)
binary_crossentropy = _function(BinaryCrossentropy)
categorical_crossentropy = _function(CategoricalCrossentropy)
sparse_categorical_crossentropy = _function(SparseCategoricalCrossentropy)
mean_absolute_error = _function(MeanAbsoluteError)
mean_absolute_percentage_error = _function(MeanAbsolutePercentageError)
mean_squared_logarithmic_error = _function(MeanSquaredLogarithmicError)
huber = _function(Huber)
log_cosh = _function(LogCosh)
kl_divergence = _function(KLDivergence)
poisson = _function(Poisson)
hinge = _function(Hinge)
squared_hinge = _function(SquaredHinge)
categorical_hinge = _function(CategoricalHinge)
cosine_similarity = _function(CosineSimilarity)
binary_focal_crossentropy = _function(BinaryFocalCrossentropy)
categorical_focal_crossentropy = _function(CategoricalFocalCrossentropy)

REGISTRY = Registry(
    "loss",
    MeanSquaredError, BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy,
    MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber, LogCosh,
    KLDivergence, Poisson, Hinge, SquaredHinge, CategoricalHinge, CosineSimilarity,
    BinaryFocalCrossentropy, CategoricalFocalCrossentropy,
    mse=MeanSquaredError, MSE=MeanSquaredError, mae=MeanAbsoluteError, MAE=MeanAbsoluteError,
    mape=MeanAbsolutePercentageError, MAPE=MeanAbsolutePercentageError,
    msle=MeanSquaredLogarithmicError, MSLE=MeanSquaredLogarithmicError,
    bce=BinaryCrossentropy, BCE=BinaryCrossentropy, kld=KLDivergence, KLD=KLDivergence,
    logcosh=LogCosh, huber_loss=Huber,
    accepts=lambda found: found is None or isinstance(found, Loss),
    expected="a name or a Loss; the derivative of a function is not known, so subclass "
    "losses.Loss, with the function as call and its derivative as gradient",
)  # fmt: skip


def get(identifier: Any) -> Loss | None:
    """Return the loss that a name, a class, a function form or a configuration stands for.

    Examples
    --------
    >>> get("mse")
    MeanSquaredError(reduction='sum_over_batch_size', name='mean_squared_error', dtype=None)
    """
    identifier = getattr(identifier, "loss_class", identifier)
    found: Loss | None = REGISTRY.find(identifier)
    return found


deserialize = deserializing(get)


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
