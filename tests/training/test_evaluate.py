"""evaluate, train_on_batch and test_on_batch: their results are those of the formulas."""

import numpy as np
import pytest

import tinyneuron as keras
from small_models import SILENT, X, Y, affine, neuron, weights_bytes
from tinyneuron.callbacks import Callback


def test_evaluate_is_the_loss_over_all_rows_and_changes_nothing(wide):
    model = neuron(compiled={"metrics": ["mse", "mae"], "weighted_metrics": ["mae"]})
    before, w = weights_bytes(model), np.arange(10.0)
    error = (affine(model.get_weights()) - Y)[:, 0]
    wanted = {
        "loss": (error**2 * w).mean(),
        "mse": (error**2).mean(),
        "mae": abs(error).mean(),
        "weighted_mae": (abs(error) * w).sum() / w.sum(),
    }
    for batch_size in (1, 4, 10, None):
        given_rows = {"batch_size": batch_size, "sample_weight": w, **SILENT}
        results = model.evaluate(X, Y, return_dict=True, **given_rows)
        assert results == {name: pytest.approx(value, rel=1e-12) for name, value in wanted.items()}
        assert model.evaluate(X, Y, **given_rows) == [results[name] for name in wanted]
    assert weights_bytes(model) == before
    assert model.optimizer.iterations == 0


def test_without_metrics_evaluate_returns_the_loss_alone():
    model = neuron()
    loss = model.evaluate(X, Y, **SILENT)
    assert type(loss) is float
    assert model.evaluate(X, Y, return_dict=True, **SILENT) == {"loss": loss}


def test_train_on_batch_returns_what_was_before_its_step(wide):
    model = neuron(compiled={"metrics": ["mae"]})
    for returned in (False, True):
        for _ in range(2):
            error = affine(model.get_weights()) - Y
            results = model.train_on_batch(X, Y, return_dict=returned)
            wanted = {"loss": (error**2).mean(), "mae": abs(error).mean()}
            values = list(results.values()) if returned else results
            assert values == pytest.approx(list(wanted.values()), rel=1e-12)
    assert model.optimizer.iterations == 4


def test_test_on_batch_starts_anew_each_time(wide):
    model = neuron(compiled={"metrics": ["mae"]})
    before = weights_bytes(model)
    for rows in (3, 7):
        error = (affine(model.get_weights()) - Y)[:rows]
        results = model.test_on_batch(X[:rows], Y[:rows])
        assert results == pytest.approx([(error**2).mean(), abs(error).mean()], rel=1e-12)
        named = model.test_on_batch(X[:rows], Y[:rows], return_dict=True)
        assert list(named.values()) == results
        weighted = model.test_on_batch(X[:rows], Y[:rows], sample_weight=np.full(rows, 2.0))
        assert weighted == pytest.approx([2 * results[0], results[1]], rel=1e-12)
    assert weights_bytes(model) == before


def test_evaluate_prints_the_results_and_tells_callbacks_how_many_batches(capsys):
    model = neuron(compiled={"metrics": ["mae"]})
    watch = Callback()
    loss, mae = model.evaluate(X, Y, batch_size=4, verbose=2, callbacks=[watch])
    assert capsys.readouterr().out == f"loss: {loss:.4f} - mae: {mae:.4f}\n"
    assert (watch.params["steps"], watch.params["verbose"]) == (3, 0)
    model.test_on_batch(X, Y)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("penalty", [None, "l2"])
@pytest.mark.parametrize("weighted", [False, True])
def test_without_a_batch_size_the_results_are_those_of_small_batches(penalty, weighted):
    """It goes in the blocks of `predict` then, the last one smaller, which share their arrays."""
    keras.utils.set_random_seed(3)
    dense = keras.layers.Dense
    model = keras.Sequential(
        [keras.Input((3,)), dense(5, "relu", activity_regularizer=penalty), dense(1, "sigmoid")]
    )
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    rng = np.random.default_rng(4)
    x = rng.normal(size=(9000, 3))
    y = (x[:, :1] + rng.normal(size=(9000, 1)) > 0).astype(float)
    weight = rng.random(9000) if weighted else None
    whole = model.evaluate(x, y, sample_weight=weight, verbose=0)
    small = model.evaluate(x, y, sample_weight=weight, verbose=0, batch_size=32)
    np.testing.assert_allclose(whole, small, rtol=2e-5)
