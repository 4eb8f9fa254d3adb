"""The metrics whose values over several batches are compared with Keras'.

As in `trajectories`, the recorder runs the cases in Keras and the tests run them in tinyneuron.
"""

import numpy as np

from trajectories import hash_of

BATCHES, ROWS, UNITS = 3, 12, 4
WEIGHTS = ("none", "rows", "outputs")  # of shape (ROWS,), and of shape (1, UNITS)

_AT = [0.25, 0.5, 0.75]  # outputs are at all of these, and at 0 and 1
_ABOVE = {"threshold": 0.5}
_AVERAGES = (None, "micro", "macro", "weighted")
_COUNTS = ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
_POINTS = (
    "PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
)  # fmt: skip

_OF_CLASSES = ("SparseTopKCategoricalAccuracy", "SparseCategoricalCrossentropy")

# name -> (class, its arguments, kind of targets and outputs)
CASES = {
    **{f"{name}": (name, {}, "binary") for name in (*_COUNTS, "Precision", "Recall")},
    **{f"{name}_at": (name, {"thresholds": [0.0, 0.25, 0.9]}, "binary") for name in _COUNTS},
    **{
        f"{name}_{option}": (name, options, "binary")
        for name in ("Precision", "Recall")
        for option, options in {
            "top": {"top_k": 2},
            "top_at": {"top_k": 3, "thresholds": [0.25, 0.6]},
            "class": {"class_id": 1},
            "top_class": {"top_k": 2, "class_id": 3},
            "even": {"thresholds": [0.0, 0.5, 1.0]},
        }.items()
    },
    **{
        f"AUC_{curve}_{how}": ("AUC", {"curve": curve, "summation_method": how}, "binary")
        for curve in ("ROC", "PR", "PRGAIN")
        for how in ("interpolation", "minoring", "majoring")
    },
    "AUC_5": ("AUC", {"num_thresholds": 5}, "binary"),
    "AUC_2": ("AUC", {"num_thresholds": 2, "curve": "PR"}, "binary"),
    "AUC_at": ("AUC", {"thresholds": [0.7, 0.25, 0.3]}, "binary"),
    "AUC_at_even": ("AUC", {"thresholds": _AT, "curve": "PR"}, "binary"),
    "AUC_labels": ("AUC", {"multi_label": True, "num_labels": UNITS}, "binary"),
    "AUC_labels_pr": ("AUC", {"multi_label": True, "curve": "PR"}, "binary"),
    "AUC_labels_weights": ("AUC", {"multi_label": True, "label_weights": [1, 2, 0, 3]}, "binary"),
    "AUC_weights": ("AUC", {"label_weights": [1.0, 2.0, 0.5, 3.0]}, "binary"),
    "AUC_logits": ("AUC", {"from_logits": True}, "logits"),
    "AUC_of_one_class": ("AUC", {}, "zeros"),
    "AUC_pr_of_one_class": ("AUC", {"curve": "PR"}, "ones"),
    **{f"{name}_{at}": (name, [at], "binary") for name in _POINTS for at in (0.0, 0.4, 0.7, 1.0)},
    **{
        f"{name}_class": (name, {least: 0.5, "num_thresholds": 5, "class_id": 2}, "binary")
        for name, least in zip(
            _POINTS, ("recall", "precision", "specificity", "sensitivity"), strict=True
        )
    },
    "PrecisionAtRecall_one": ("PrecisionAtRecall", {"recall": 0.1, "num_thresholds": 1}, "binary"),
    **{f"F1Score_{how}": ("F1Score", {"average": how}, "one_hot") for how in _AVERAGES},
    **{
        f"FBetaScore_{how}": ("FBetaScore", {"average": how, "beta": 2.0, **_ABOVE}, "binary")
        for how in _AVERAGES
    },
    "F1Score_zeros": ("F1Score", {"threshold": 1.0}, "binary"),
    "Pearson": ("PearsonCorrelation", {}, "real"),
    "Pearson_0": ("PearsonCorrelation", {"axis": 0}, "real"),
    "Concordance": ("ConcordanceCorrelation", {}, "real"),
    "Concordance_0": ("ConcordanceCorrelation", {"axis": 0}, "real"),
    "Cosine": ("CosineSimilarity", {}, "real"),
    "Cosine_0": ("CosineSimilarity", {"axis": 0}, "real"),
    "Cosine_1": ("CosineSimilarity", {"axis": 1}, "real"),
    "R2Score_adjusted": ("R2Score", {"num_regressors": 3}, "real"),
    "R2Score_each": ("R2Score", {"num_regressors": 2, "class_aggregation": None}, "real"),
    "Sorted": ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "sorted"),
    **{
        name: (name, {}, kind)
        for kind, names in {
            "binary": ["Accuracy", "BinaryAccuracy"],
            "classes": ["SparseCategoricalAccuracy", *_OF_CLASSES],
            "one_hot": [
                "CategoricalAccuracy", "TopKCategoricalAccuracy", "CategoricalCrossentropy",
                "CategoricalHinge",
            ],
            "real": [
                "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
                "LogCoshError", "RootMeanSquaredError", "Hinge", "SquaredHinge",
            ],
            "probabilities": [
                "BinaryCrossentropy", "KLDivergence", "Poisson", "MeanSquaredLogarithmicError",
            ],
        }.items()
        for name in names
    },
    "TopK_2": ("TopKCategoricalAccuracy", {"k": 2}, "one_hot"),
    "SparseTopK_2": ("SparseTopKCategoricalAccuracy", {"k": 2}, "classes"),
    "BinaryAccuracy_at": ("BinaryAccuracy", {"threshold": 0.25}, "binary"),
    "BinaryCrossentropy_logits": (
        "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.25}, "logits"
    ),
    "SparseCategoricalCrossentropy_ignored": (
        "SparseCategoricalCrossentropy", {"ignore_class": 2}, "classes"
    ),
    "SparseCategoricalCrossentropy_logits": (
        "SparseCategoricalCrossentropy", {"ignore_class": -1, "from_logits": True}, "some_classes"
    ),
}  # fmt: skip
_WITH_VALUES_OF_OUTPUTS = {
    *_COUNTS, "Precision", "Recall", "AUC", *_POINTS, "R2Score", "BinaryAccuracy"
}  # fmt: skip


def cases():
    """Yield the name of each case, with each kind of weights that goes with it."""
    for name, (cls, options, _) in CASES.items():
        for weights in WEIGHTS:
            if weights == "rows" and name.endswith("_0"):
                continue  # one weight for each row, where the rows are averaged away
            if weights == "outputs" and (
                cls not in _WITH_VALUES_OF_OUTPUTS or "class_id" in options
            ):
                continue  # there is one value for each row; Keras takes others as it may
            yield f"{name}-{weights}"


def run(keras, case):
    """Return the metric's value after each batch, as lists of numbers."""
    name, weights = case.split("-")
    cls, options, kind = CASES[name]
    rng = np.random.default_rng(hash_of(name))
    make = getattr(keras.metrics, cls)
    metric = make(*options) if isinstance(options, list) else make(**options)
    values = []
    for _ in range(BATCHES):
        y, a = data(kind, rng)
        given = {
            "none": None,
            "rows": rng.uniform(0.5, 2, ROWS).astype("float32"),
            "outputs": rng.uniform(0.5, 2, (1, UNITS)).astype("float32"),
        }[weights]
        metric.update_state(y, a, sample_weight=given)
        values.append(np.asarray(metric.result(), np.float64).tolist())
    return values


def data(kind, rng):
    """Return targets and outputs. Probabilities are multiples of 1/16, 0 and 1 among them."""
    shape = (ROWS, UNITS)
    a = (rng.integers(0, 17, shape) / 16).astype("float32")
    if kind == "real":
        return rng.normal(0, 1, shape).astype("float32"), rng.normal(0, 1, shape).astype("float32")
    if kind == "logits":
        return rng.integers(0, 2, shape).astype("float32"), rng.normal(0, 2, shape).astype(
            "float32"
        )
    if kind == "one_hot":
        return np.eye(UNITS, dtype="float32")[rng.integers(0, UNITS, ROWS)], a
    if kind == "classes":
        return rng.integers(0, UNITS, ROWS), a
    if kind == "some_classes":
        return rng.integers(-1, UNITS, ROWS), rng.normal(0, 2, shape).astype("float32")
    if kind == "probabilities":
        return rng.dirichlet(np.ones(UNITS), (2, ROWS)).astype("float32")
    if kind == "sorted":
        return rng.integers(0, 9, ROWS), rng.permuted(np.tile(np.arange(9), (ROWS, 1)), axis=1)
    y = {"zeros": 0 * a, "ones": 0 * a + 1}.get(kind, rng.integers(0, 2, shape).astype("float32"))
    return y, a
