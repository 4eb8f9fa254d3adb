"""scikit-learn's own checks of estimators, as Keras runs them on its wrappers."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import tinyneuron
from tinyneuron import Input, Sequential
from tinyneuron.layers import Dense
from tinyneuron.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

# Keras' tests expect the first three to fail too, and others, for want of a seed.
EXPECTED = {
    "SKLearnClassifier": {
        "check_classifiers_one_label_sample_weights": "0 sample weight is not ignored",
        "check_classifiers_classes": "a small model, trained shortly, does not return all classes",
        "check_classifiers_train": "decision_function has a column for each of two classes",
        "check_decision_proba_consistency": "the same; Keras has no predict_proba",
    },
    "SKLearnRegressor": {
        "check_regressor_multioutput": "outputs are float32; Keras takes one column of targets",
    },
}


def network(X, y, loss, last="softmax", layers=(10,)):
    tinyneuron.utils.set_random_seed(0)  # so that fitting twice is fitting once
    hidden = [Dense(units, "relu") for units in layers]
    model = Sequential([Input(X.shape[1:]), *hidden, Dense(y.shape[1], last)])
    model.compile("rmsprop", loss)
    return model


@parametrize_with_checks(
    [
        SKLearnClassifier(
            network,
            model_kwargs={"loss": "categorical_crossentropy", "layers": [20, 20, 20]},
            fit_kwargs={"epochs": 5},
        ),
        SKLearnRegressor(network, model_kwargs={"loss": "mse", "last": "linear"}),
        SKLearnTransformer(network, model_kwargs={"loss": "mse", "last": "linear"}),
    ],
    expected_failed_checks=lambda estimator: EXPECTED.get(type(estimator).__name__, {}),
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks(estimator, check):
    check(estimator)
