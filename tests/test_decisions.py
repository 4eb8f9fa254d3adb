"""Metrics of decisions: as Keras has them, and as they are counted by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron
from metric_cases import cases, run
from tinyneuron import Input, Sequential, metrics
from tinyneuron.layers import Dense

RECORDED = json.loads((Path(__file__).parent / "data" / "metrics.json").read_text("utf-8"))


def test_every_recorded_case_is_one_of_these():
    assert set(RECORDED) - {"keras"} == set(cases())


@pytest.mark.parametrize("case", list(cases()))
def test_values_over_batches_are_those_of_keras(case):
    np.testing.assert_allclose(run(tinyneuron, case), RECORDED[case], rtol=1e-5, atol=1e-6)


@st.composite
def decided(draw):
    """Targets, outputs that are multiples of 1/8 and so often at a threshold, and weights."""
    rows = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    weights = draw(st.sampled_from([np.ones(rows), rng.integers(0, 4, rows) / 2]))
    return rng.integers(0, 2, rows), rng.integers(0, 9, rows) / 8, weights


@given(batch=decided(), cut=st.integers(0, 30))
def test_roc_area_is_how_often_a_pair_is_in_order(batch, cut):
    y, a, w = batch
    metric = metrics.AUC(num_thresholds=9)  # tell all outputs apart but 0 and 1/8's lower end
    metric.update_state(y[:cut], a[:cut], w[:cut]) if cut and cut < len(y) else None
    rest = cut if cut and cut < len(y) else 0
    metric.update_state(y[rest:], a[rest:], w[rest:])
    bucket = np.maximum(np.ceil(a * 8), 1)  # outputs of 0 are in the lowest bucket, as in Keras
    pair = w[y == 1][:, np.newaxis] * w[y == 0]
    up, down = bucket[y == 1][:, np.newaxis], bucket[y == 0]
    right = (pair * ((up > down) + (up == down) / 2)).sum()
    assert metric.result() == pytest.approx(right / pair.sum() if pair.sum() else 0, abs=1e-12)


@given(batch=decided())
def test_lower_and_higher_sums_enclose_the_area(batch):
    for curve in ("ROC", "PR", "PRGAIN"):
        low, middle, high = (
            metrics.AUC(9, curve, how)(*batch) for how in ("minoring", "interpolation", "majoring")
        )
        assert low <= high + 1e-12
        assert curve == "PR" or low - 1e-12 <= middle <= high + 1e-12


@given(batch=decided(), beta=st.sampled_from([0.5, 1.0, 2.0]))
def test_the_f_score_is_the_harmonic_mean_of_precision_and_recall(batch, beta):
    y, a, w = batch
    score = metrics.FBetaScore("micro", beta, 0.5)(y[:, np.newaxis], a[:, np.newaxis], w)
    precision, recall = metrics.Precision()(y, a, w), metrics.Recall()(y, a, w)
    both = beta**2 * precision + recall
    wanted = (1 + beta**2) * precision * recall / both if both else 0
    assert score == pytest.approx(wanted, abs=1e-12)


@given(batch=decided(), at=st.integers(0, 8))
def test_the_four_counts_are_a_table_of_all_weights(batch, at):
    y, a, w = batch
    names = ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
    counts = [getattr(metrics, name)(at / 8)(y, a, w) for name in names]
    above = [a[i] > at / 8 for i in range(len(a))]
    kinds = [(1, True), (0, True), (0, False), (1, False)]
    wanted = [sum(w[i] for i in range(len(y)) if (y[i], above[i]) == kind) for kind in kinds]
    assert counts == pytest.approx(wanted)


@given(batch=decided(), least=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_the_best_point_is_the_best_of_all_thresholds(batch, least):
    y, a, w = batch
    best = {"precision": 0.0, "recall": 0.0, "sensitivity": 0.0, "specificity": 0.0}
    for threshold in np.arange(9) / 8:
        positive = a > threshold
        tp, fp = (w * y * positive).sum(), (w * (1 - y) * positive).sum()
        p, n = (w * y).sum(), (w * (1 - y)).sum()
        share = lambda part, whole: part / whole if whole else 0.0  # noqa: E731
        precision, recall, specific = share(tp, tp + fp), share(tp, p), share(n - fp, n)
        best["precision"] = max(best["precision"], precision * (recall >= least))
        best["recall"] = max(best["recall"], recall * (precision >= least))
        best["sensitivity"] = max(best["sensitivity"], recall * (specific >= least))
        best["specificity"] = max(best["specificity"], specific * (recall >= least))
    assert best == pytest.approx(
        {
            "precision": metrics.PrecisionAtRecall(least, 9)(y, a, w),
            "recall": metrics.RecallAtPrecision(least, 9)(y, a, w),
            "sensitivity": metrics.SensitivityAtSpecificity(least, 9)(y, a, w),
            "specificity": metrics.SpecificityAtSensitivity(least, 9)(y, a, w),
        }
    )


def test_nan_is_above_no_threshold():
    for cls in (metrics.TruePositives, metrics.Recall, lambda: metrics.RecallAtPrecision(0.0)):
        assert cls()([1, 1], [np.nan, np.nan]) == 0


MADE = [
    metrics.AUC(5, "PR", "majoring"), metrics.AUC(thresholds=[0.2, 0.7]),
    metrics.AUC(multi_label=True, num_labels=2, label_weights=[1.0, 3.0]),
    metrics.AUC(from_logits=True), metrics.FalseNegatives([0.2, 0.6]),
    metrics.Precision(top_k=1, class_id=1), metrics.F1Score("macro"),
    metrics.FBetaScore("weighted", 0.5, 0.25), metrics.PrecisionAtRecall(0.25, 9, 1),
    metrics.RecallAtPrecision(0.25), metrics.SensitivityAtSpecificity(0.25),
    metrics.SpecificityAtSensitivity(0.25), metrics.PearsonCorrelation(axis=0),
    metrics.ConcordanceCorrelation(axis=0), metrics.CosineSimilarity(axis=0),
    metrics.R2Score(num_regressors=1),
]  # fmt: skip


@pytest.mark.parametrize("ending", [".npz", ".keras"])
def test_they_are_saved_with_a_model(ending, tmp_path):
    model = Sequential([Input((3,)), Dense(2, "sigmoid")])
    model.compile("sgd", "mse", metrics=list(MADE))
    model.save(tmp_path / f"m{ending}")
    again = tinyneuron.saving.load_model(tmp_path / f"m{ending}")
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 1, (9, 3)), np.eye(2)[rng.integers(0, 2, 9)]
    for ours, theirs in zip(
        again.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("metric", "shape", "message"),
    [
        (metrics.Precision(class_id=2, name="p"), (4, 2), "p: class_id 2 is none of the classes"),
        (metrics.Recall(class_id=0, name="r"), (4,), "r: class_id 0 is none of the classes"),
        (metrics.AUC(multi_label=True), (4,), r"the shape \(samples, 4\), got \(4,\)"),
        (metrics.AUC(multi_label=True, num_labels=3), (4, 2), r"\(samples, 3\), got \(4, 2\)"),
        (metrics.AUC(label_weights=[1.0, 2.0]), (4, 3), "label_weights of shape .* do not fit"),
        (metrics.F1Score(), (4,), r"the shape \(samples, classes\), got \(4,\)"),
        (metrics.CosineSimilarity(axis=2), (4, 2), "axis 2 is not among those of outputs"),
    ],
)
def test_outputs_that_do_not_fit_are_refused(metric, shape, message):
    with pytest.raises(ValueError, match=message):
        metric.update_state(np.ones(shape), np.ones(shape))


def test_a_score_that_cannot_be_adjusted_says_so():
    metric = metrics.R2Score(num_regressors=2)
    with pytest.warns(UserWarning, match="2 regressors and 3 targets leave nothing to adjust by"):
        assert metric([[1.0], [2.0], [3.0]], [[1.0], [2.0], [2.0]]) == 0.5


def test_names_are_keras():
    tinyneuron.utils.clear_session()
    for name in ("auc", "true_positives", "f1_score", "pearson_correlation"):
        assert metrics.get(name).name == name
    assert [metrics.AUC().name, metrics.FBetaScore().name] == ["auc_1", "fbeta_score"]
