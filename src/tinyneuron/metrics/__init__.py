"""Metrics: what a person wants to know of the outputs, collected batch by batch.

>>> accuracy = BinaryAccuracy()
>>> accuracy.update_state([[0], [1]], [[0.2], [0.7]])
>>> accuracy.update_state([[1], [1]], [[0.2], [0.7]])
>>> accuracy.result()
0.75
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tinyneuron import losses
from tinyneuron._common.configuration import serialize
from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.registry import Registry, deserializing
from tinyneuron.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from tinyneuron.metrics.accuracies import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from tinyneuron.metrics.base import Mean, Metric, Sum
from tinyneuron.metrics.best_points import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from tinyneuron.metrics.correlations import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from tinyneuron.metrics.curves import AUC
from tinyneuron.metrics.decisions import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from tinyneuron.metrics.f_scores import F1Score, FBetaScore
from tinyneuron.metrics.regression import R2Score, RootMeanSquaredError
from tinyneuron.metrics.wrapped import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanMetricWrapper,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",  # the function forms of losses too are in both modules, as in Keras
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]

_BY_LOSS: dict[Any, Any] = {
    cls.loss_class: cls
    for cls in (
        MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError,
        MeanSquaredLogarithmicError, Huber, LogCoshError, BinaryCrossentropy,
        CategoricalCrossentropy, SparseCategoricalCrossentropy, KLDivergence, Poisson, Hinge,
        SquaredHinge, CategoricalHinge, CosineSimilarity,
    )
}  # fmt: skip
REGISTRY = Registry(
    "metric",
    Mean, Sum, Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy,
    TopKCategoricalAccuracy, SparseTopKCategoricalAccuracy, TruePositives, FalsePositives,
    TrueNegatives, FalseNegatives, Precision, Recall, AUC, PrecisionAtRecall, RecallAtPrecision,
    SensitivityAtSpecificity, SpecificityAtSensitivity, FBetaScore, F1Score, PearsonCorrelation,
    ConcordanceCorrelation,
    RootMeanSquaredError, R2Score, *_BY_LOSS.values(), MeanMetricWrapper,
    mse=MeanSquaredError, MSE=MeanSquaredError, mae=MeanAbsoluteError,
    MAE=MeanAbsoluteError, mape=MeanAbsolutePercentageError, MAPE=MeanAbsolutePercentageError,
    msle=MeanSquaredLogarithmicError, MSLE=MeanSquaredLogarithmicError, bce=BinaryCrossentropy,
    BCE=BinaryCrossentropy, kld=KLDivergence, KLD=KLDivergence,
    logcosh=LogCoshError, log_cosh=LogCoshError, rmse=RootMeanSquaredError,
    accepts=callable, expected="a name, a Metric, a loss or a function",
)  # fmt: skip


def get(identifier: Any) -> Metric:
    """Return the metric that a name, a class, a loss or a configuration stands for.

    The word ``"accuracy"`` by itself is resolved by ``compile``, which knows the outputs' shape.

    Examples
    --------
    >>> get("mae").name
    'mean_absolute_error'
    """
    if isinstance(identifier, Mapping) and identifier.get("module") == "keras.losses":
        return MeanMetricWrapper(losses.get(identifier))  # type: ignore[arg-type]
    if not isinstance(identifier, type | Metric):  # a function form of a loss
        identifier = _BY_LOSS.get(getattr(identifier, "loss_class", None), identifier)
    found = REGISTRY.find(identifier)
    return found if isinstance(found, Metric) else MeanMetricWrapper(found)


deserialize = deserializing(get)


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)
