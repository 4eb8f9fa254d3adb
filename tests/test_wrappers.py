"""Models as estimators of scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest

import tinyneuron
from tinyneuron import Input, Sequential
from tinyneuron.layers import Dense

pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tinyneuron.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

RNG = np.random.default_rng(0)
X = RNG.normal(0, 1, (60, 2))
WORDS = np.where(X[:, 0] + X[:, 1] > 0, "up", "down")


def network(X, y, loss="categorical_crossentropy", last="softmax", units=4):
    tinyneuron.utils.set_random_seed(3)
    model = Sequential([Input(X.shape[1:]), Dense(units, "tanh"), Dense(y.shape[1], last)])
    model.compile(tinyneuron.optimizers.Adam(0.1), loss)
    return model


def classifier(**options):
    return SKLearnClassifier(network, fit_kwargs={"epochs": 12}, **options)


def regressor():
    return SKLearnRegressor(
        network, model_kwargs={"loss": "mse", "last": "linear"}, fit_kwargs={"epochs": 30}
    )


def test_a_classifier_predicts_the_classes_it_was_given():
    fitted = classifier().fit(X, WORDS)
    assert fitted.score(X, WORDS) > 0.9
    assert fitted.classes_.tolist() == ["down", "up"]
    chances = fitted.predict_proba(X)
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(fitted.classes_[chances.argmax(axis=1)], fitted.predict(X))
    np.testing.assert_array_equal(fitted.decision_function(X), fitted.model_.predict(X))
    assert len(fitted.history_.history["loss"]) == 12
    assert len(fitted.fit(X, WORDS, epochs=2).history_.history["loss"]) == 2
    assert fitted.fit_kwargs == {"epochs": 12}


@pytest.mark.parametrize("columns", [None, 1, 2])
def test_a_regressor_predicts_targets_in_their_shape(columns):
    y = X[:, 0] - X[:, 1] if columns is None else X[:, :columns]
    fitted = regressor().fit(X, y)
    assert fitted.predict(X).shape == y.shape
    assert fitted.score(X, y) > 0.8


def test_a_transformer_returns_what_the_model_makes_of_rows():
    transformer = SKLearnTransformer(network, model_kwargs={"loss": "mse", "units": 2})
    outputs = transformer.fit(X, X).transform(X)
    np.testing.assert_array_equal(outputs, transformer.model_.predict(X))


def test_pipelines_cross_validation_and_grid_searches():
    pipeline = make_pipeline(StandardScaler(), classifier())
    assert cross_val_score(pipeline, X, WORDS, cv=2).mean() > 0.8
    grid = {"model_kwargs": [{"units": 1}, {"units": 5}]}
    search = GridSearchCV(classifier(), grid, cv=2).fit(X, WORDS)
    assert search.best_params_["model_kwargs"]["units"] in (1, 5)
    assert (
        search.best_estimator_.model_.layers[0].units
        == search.best_params_["model_kwargs"]["units"]
    )


def test_a_compiled_model_is_cloned_and_a_warm_one_trained_on():
    model = network(X, np.eye(2)[[0] * 60])
    start = model.get_weights()
    cold = SKLearnClassifier(model).fit(X, WORDS)
    assert cold.model_ is not model
    assert cold.model_.optimizer is not model.optimizer
    for weight, before in zip(model.get_weights(), start, strict=True):
        np.testing.assert_array_equal(weight, before)
    warm = SKLearnClassifier(model, warm_start=True).fit(X, WORDS)
    assert warm.model_ is model
    assert warm.fit(X, WORDS).model_ is model
    copied = clone(cold)
    assert (copied.fit_kwargs, copied.warm_start) == (cold.fit_kwargs, cold.warm_start)
    assert copied.model is not cold.model
    assert not hasattr(copied, "model_")
    assert clone(classifier()).fit_kwargs == {"epochs": 12}


def test_what_cannot_be_trained_is_refused():
    with pytest.raises(RuntimeError, match="SKLearnClassifier: model must be a compiled model"):
        SKLearnClassifier(Sequential([Dense(2)])).fit(X, WORDS)
    with pytest.raises(RuntimeError, match=r"model must be a compiled model, .* got 3"):
        SKLearnClassifier(lambda X, y: 3).fit(X, WORDS)
    with pytest.raises(ValueError, match="only one class is present"):
        classifier().fit(X, ["up"] * 60)
    with pytest.raises(ValueError, match="Only binary and multiclass target types"):
        classifier().fit(X, X[:, 0])


def test_without_scikit_learn_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['sklearn'] = sys.modules['sklearn.base'] = None\n"
        "import tinyneuron as keras\n"
        "try:\n    keras.wrappers.SKLearnRegressor(len)\n"
        "except ImportError as error:\n    print(error)"
    )
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "pip install scikit-learn" in printed
