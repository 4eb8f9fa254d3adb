"""Names that are not there: what Keras has is said so, what older Keras had is named anew."""

import importlib
import re

import pytest

import tinyneuron as keras
from tinyneuron import Sequential, layers, metrics, optimizers
from tinyneuron._common import keras_names, missing
from tinyneuron._common.names import to_snake_case

OTHERS = [
    (module, name)
    for module, names in keras_names.MODULES.items()
    if module != "keras.saving"
    for name in names
    if name not in dir(importlib.import_module(module.replace("keras", "tinyneuron", 1)))
    and name
    not in ("datasets", "saving", "wrappers", "legacy")  # when asked for; said to be older Keras
]


@pytest.mark.parametrize(("module", "name"), OTHERS)
def test_every_name_that_keras_alone_has_is_said_to_be_keras(module, name):
    module = importlib.import_module(module.replace("keras", "tinyneuron", 1))
    with pytest.raises(AttributeError, match=f"no '{name}'. Keras has it, tinyneuron does not"):
        getattr(module, name)
    assert not hasattr(module, name)
    with pytest.raises(ImportError, match=f"no '{name}'. Keras has it, tinyneuron does not"):
        exec(f"from {module.__name__} import {name}")


KINDS = {"metric": metrics, "optimizer": optimizers, "loss": keras.losses}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, spelling)
        for kind, module in KINDS.items()
        for name in keras_names.MODULES[f"keras.{module.__name__.split('.')[1]}"]
        if name not in module.__all__ and name[0].isupper()
        for spelling in (name, to_snake_case(name))
    ],
)
def test_by_name_too_and_nothing_misleading_is_suggested(kind, name):
    if name in ("OptimizerMap", "optimizer_map"):
        return
    with pytest.raises(ValueError, match=f"Unknown {kind} '{name}'. Keras has it") as caught:
        KINDS[kind].get(name)
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("keras.optimizers.Adam(lr=0.1)", "Adam has no argument 'lr'.* learning_rate"),
        ("keras.optimizers.SGD(lr=0.1)", "learning_rate"),
        ("layers.Dense(1, init='uniform')", "Dense has no argument 'init'.* kernel_initializer"),
        ("layers.Dense(output_dim=3)", "units"),
        ("layers.Dense(1, W_regularizer='l2')", "kernel_regularizer"),
        ("layers.Dropout(p=0.1)", "rate"),
        ("layers.LeakyReLU(alpha=0.1)", "negative_slope"),
        ("Sequential().fit(nb_epoch=3)", "'nb_epoch'.* epochs"),
        ("Sequential().fit(epoch=3)", "Did you mean 'epochs'"),
        (
            "Sequential().fit(qqqq=3)",
            r"fit\(\) has no argument 'qqqq'. Known arguments: x, y, batch_size",
        ),
        ("optimizers.SGD(momentun=0.9)", "^SGD has no argument 'momentun'. .* 'momentum'"),
        (
            "layers.Dense(3, activaton='relu')",
            "^Dense has no argument 'activaton'.* 'activation'",
        ),
        ("Sequential().evaluate(sampel_weight=3)", "Did you mean 'sample_weight'"),
        ("Sequential().compile('sgd', objective='mse')", "'objective'.* loss"),
        ("Sequential().compile(run_eagerly=False, los='mse')", "Did you mean 'loss'"),
        ("Sequential().compile(los='mse')", "Did you mean 'loss'"),
        ("keras.callbacks.EarlyStopping(monitr='loss')", "Did you mean 'monitor'"),
        ("keras.losses.Huber(dleta=1)", "Did you mean 'delta'"),
        ("keras.datasets.imdb.load_data(nb_words=9)", "today it is num_words"),
        ("keras.metrics.Precision(threshold=1)", "Did you mean 'thresholds'"),
        ("keras.models.clone_model(modell=1)", "Did you mean 'model'"),
    ],
)
def test_older_and_wrong_arguments_name_todays(code, message):
    with pytest.raises(TypeError, match=message):
        eval(code, {**vars(keras), "keras": keras, "Sequential": Sequential})


class Mine(layers.Layer):
    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)


def test_a_layer_of_ones_own_says_what_it_takes():
    assert Mine(3, autocast=True, input_dim=2).get_config()["size"] == 3
    with pytest.raises(TypeError, match=r"^Mine has no argument 'qqqq'\. Known arguments: size"):
        Mine(3, qqqq=1)


@pytest.mark.parametrize(
    ("get", "name", "message"),
    [
        (keras.losses.get, "log_loss", "'binary_crossentropy', 'categorical"),
        (keras.initializers.get, "xavier", "'glorot_uniform'"),
        (keras.activations.get, "lrelu", "'leaky_relu'"),
        (metrics.get, "acc", "'accuracy'"),
    ],
)
def test_others_words_are_translated(get, name, message):
    with pytest.raises(ValueError, match=f"Unknown .*. In Keras that is {message}") as caught:
        get(name)
    assert "Did you mean" not in str(caught.value)


def test_what_keras_calls_them_is_there():
    for kind, words in missing.OTHER_WORDS.items():
        module = getattr(keras, {"loss": "losses"}.get(kind, f"{kind}s"))
        for said in words.values():
            for name in re.findall(r"'(\w+)'", said):
                assert module.get(name) is not None


@pytest.mark.parametrize(
    "code",
    [
        "layers.BatchNormalization(mode=1)",
        "keras.callbacks.EarlyStopping(lr=1)",
        "layers.Dense(1, epsilon=1)",
        "Sequential().fit(lr=1)",
    ],
)
def test_no_argument_is_suggested_that_is_not_there(code):
    with pytest.raises(TypeError, match="Known arguments: "):
        eval(code, {**vars(keras), "keras": keras, "Sequential": Sequential})


def test_a_type_error_within_is_left_as_it_is():
    model = Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match=r"^x must be real numbers, got dtype <U1"):
        model.fit(x=[["a", "b"]], y=[1])


def test_a_class_of_ones_own_may_take_any_argument():
    class Mine(optimizers.Adam):
        def __init__(self, lr=0.5, **kwargs):
            super().__init__(kwargs.pop("decay", lr))

    assert Mine(lr=0.25).learning_rate == 0.25
    assert Mine(decay=0.125).learning_rate == 0.125


def test_input_dim_works():
    assert layers.Dense(1, input_dim=3)._input_shape == (None, 3)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("from tinyneuron.layers.core import Dense", "today its names are in tinyneuron.layers"),
        ("from tinyneuron.utils.np_utils import to_categorical", "are in tinyneuron.utils"),
        ("from tinyneuron.utils import np_utils", "are in tinyneuron.utils"),
        ("from tinyneuron.optimizers.legacy import Adam", "are in tinyneuron.optimizers"),
        ("from tinyneuron.wrappers.scikit_learn import KerasClassifier", "in tinyneuron.wrappers"),
        ("from tinyneuron.wrappers import KerasRegressor", "Instead: SKLearnRegressor"),
        ("from tinyneuron.layers.pooling import MaxPooling2D", "has no names of these here"),
        ("from tinyneuron.layers.experimental.preprocessing import Normalization", "in tinyneuron"),
        ("from tinyneuron.objectives import mse", "today its names are in tinyneuron.losses"),
        ("from tinyneuron.callbacks import BaseLogger", "Instead: History"),
        ("from tinyneuron.callbacks import TensorBoard", r"Keras has it.*CSVLogger, and plotting"),
        ("import tinyneuron.ops", "Keras has it"),
        ("from tinyneuron.applications import VGG16", "Keras has it"),
        ("from tinyneuron import tf", "not today's Keras"),
        ("from tinyneuron.layers import Densee", "Did you mean 'Dense'"),
        ("from tinyneuron.utils import plot_model", r"plotting\.plot_network"),
        ("from tinyneuron.models import Dense", "it is in tinyneuron.layers"),
        ("import tinyneuron.nothing", "^No module named 'tinyneuron.nothing'$"),
        ("import tinyneuron.layers.nothing", "^No module named 'tinyneuron.layers.nothing'$"),
    ],
)
def test_imports_say_it_too(statement, message):
    with pytest.raises(ImportError, match=message):
        exec(statement)


def test_other_imports_are_left_alone():
    assert missing.Missing.find_spec("json.nothing") is None
    assert missing.Missing.find_spec("opss") is None
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'ops'$"):
        importlib.import_module("ops")


@pytest.mark.parametrize(
    ("thing", "name", "message"),
    [
        (Sequential(), "predict_classes", r"argmax\(axis=-1\)"),
        (Sequential(), "fit_generator", "not today's Keras. Instead: fit"),
        (Sequential(), "train_step", "Keras has it"),
        (layers.Dense(1), "add_loss", "Keras has it"),
        (metrics.Mean(), "stateless_result", "Keras has it"),
        (keras.backend, "mean", r"np\.mean"),
        (keras.backend, "get_session", "Instead: nothing"),
        (optimizers.SGD(), "lr", "Instead: learning_rate"),
        (layers.Dense(1), "W", "Instead: kernel"),
        (Sequential(), "fitt", r"has no attribute 'fitt'\. Did you mean 'fit'\?$"),
        (Sequential(), "total_loss", "It is not built"),
    ],
)
def test_attributes_say_it_too(thing, name, message):
    with pytest.raises(AttributeError, match=message):
        getattr(thing, name)


def test_every_old_name_that_is_offered_anew_is_there():
    for path in missing.OLD_MODULES.values():
        importlib.import_module(f"tinyneuron.{path}".rstrip("."))


def test_the_table_in_the_docs_is_current_and_has_each_name_once():
    import keras_names as tool

    assert tool.PAGE.read_text(encoding="utf-8") == tool.page()
    for row in tool.table().splitlines()[2:]:
        module, there, refused = (cell.split("`")[1::2] for cell in row.split("|")[1:4])
        assert sorted(there + refused) == sorted(keras_names.MODULES[module[0]])
