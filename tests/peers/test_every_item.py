"""Every item of the catalogue, from the registries, goes to Keras in its description and back."""

import warnings

import numpy as np
import pytest

import tinyneuron
from every_item import items, made
from tinyneuron import constraints, initializers, losses, metrics, optimizers, regularizers
from tinyneuron._common.configuration import serialize

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras

pytestmark = pytest.mark.filterwarnings("ignore")
ITEMS = {
    f"{module.__name__.rpartition('.')[2]}.{name.rpartition('.')[2]}": (module, cls)
    for module in (constraints, initializers, losses, metrics, optimizers, regularizers)
    for name, cls in items(module).items()
}
NOT_BOTH = {"metrics.Huber", "metrics.MeanMetricWrapper"}  # ours alone; of whatever function


@pytest.mark.parametrize("name", sorted(ITEMS.keys() - NOT_BOTH))
def test_a_description_goes_to_keras_and_back(name):
    module, cls = ITEMS[name]
    folder = name.partition(".")[0]
    description = serialize(made(cls))
    theirs = getattr(keras, folder).deserialize(description)
    assert type(theirs).__name__ == cls.__name__
    described = getattr(keras, folder).serialize(theirs)
    if module is optimizers:  # of whose options the library lacks some, as a file's reader knows
        known = description["config"]
        described["config"] = {k: v for k, v in described["config"].items() if k in known}
    back = module.deserialize(described)
    assert type(back) is cls
    assert {k: v for k, v in serialize(back)["config"].items() if k != "dtype"} == pytest.approx(
        {k: v for k, v in description["config"].items() if k != "dtype"}
    )


def test_a_file_with_every_metric_is_opened_by_keras_and_by_us(tmp_path):
    """All that take targets and outputs of one column or more."""
    x = np.random.default_rng(1).normal(size=(12, 3)).astype("float32")
    y = np.eye(4, dtype="float32")[np.arange(12) % 4]
    sparse = {"SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"}
    left_out = {
        "Mean",
        "Sum",
        "MeanMetricWrapper",
        "Huber",
        "SparseCategoricalCrossentropy",
    } | sparse
    chosen = {c.__name__: c for c in items(metrics).values() if c.__name__ not in left_out}
    model = tinyneuron.Sequential([tinyneuron.Input((3,)), tinyneuron.layers.Dense(4, "softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=[made(c) for c in chosen.values()])
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    theirs.save(tmp_path / "theirs.keras")
    again = tinyneuron.models.load_model(tmp_path / "theirs.keras")
    values = [m.evaluate(x, y, verbose=0, return_dict=True) for m in (model, theirs, again)]
    for other in values[1:]:
        assert len(other) == len(values[0]) == len(chosen) + 1
        for ours, found in zip(values[0].values(), other.values(), strict=True):
            np.testing.assert_allclose(ours, found, rtol=1e-5, atol=1e-6)
