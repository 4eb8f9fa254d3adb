"""Every argument of Keras 3.15 is taken, or taken as Keras' default alone, and never ignored."""

import functools
import json

import pytest

import keras_names as tool
import tinyneuron as keras
from tinyneuron import Sequential, layers
from tinyneuron._common.unknown import KERAS_ALONE, keras_default

THEIRS = json.loads(tool.SIGNATURES.read_text("utf-8"))
OURS = tool.signatures("tinyneuron")

# What is the same in other words, or only positional in any script.
OTHERWISE = {
    "keras.Optimizer.build": "weights are given first",
    "keras.Sequential.call": "models pass on training themselves, and there are no masks",
    "keras.KerasTensor": "made by Input and by layers",
    "keras.Metric": "name and dtype have changed places",
    "keras.metrics.Metric": "name and dtype have changed places",
    "keras.Loss": "name and reduction have changed places",
    "keras.losses.Loss": "name and reduction have changed places",
    "keras.callbacks.CallbackList": "made by fit",
    "keras.callbacks.LambdaCallback": "hooks by their names",
    "keras.losses.serialize": "loss is positional",
    "keras.metrics.serialize": "metric is positional",
    "keras.optimizers.serialize": "optimizer is positional",
    "keras.optimizers.schedules.serialize": "learning_rate_schedule is positional",
    "keras.losses.deserialize": "name is called config, as everywhere else",
}
OTHER_DEFAULTS = {
    "learning_rate": "Optimizer has one", "shape": "() is what Keras makes of None",
    "alpha_initializer": "zeros in other letters", "initializer": "add_variable has one",
    "name": "made of the class' name", "input_shape": "Sequential.build() is needed with it alone",
}  # fmt: skip
NAMES = [name for name in THEIRS if name not in OTHERWISE]


def thing(name):
    found = keras
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found


def owners(name):
    found = thing(name)
    return [c.__name__ for c in found.__mro__] if isinstance(found, type) else [found.__name__]


def lacking(name):
    """Return the arguments that Keras has and our signature has not, with Keras' defaults."""
    taken = {*OURS[name], "**"}
    if loss := getattr(thing(name), "loss_class", None):  # they are handed on
        taken |= {*OURS[f"keras.losses.{loss.__name__}"]}
    return {other: default for other, default in THEIRS[name].items() if other not in taken}


def test_both_have_most_names():
    assert len(THEIRS) > 250
    assert set(THEIRS) <= set(OURS)


def test_what_is_lacking_is_taken_as_keras_default_alone():
    for name in NAMES:
        for argument, default in lacking(name).items():
            known = keras_default(owners(name), argument)
            assert known is not None, (name, argument)
            assert repr(known[0]) == default, (name, argument)


def test_what_both_have_has_the_same_order_and_default():
    for name in NAMES:
        both = [argument for argument in THEIRS[name] if argument in OURS[name]]
        assert both == [argument for argument in OURS[name] if argument in THEIRS[name]], name
        for argument in {*both} - {*OTHER_DEFAULTS}:
            ours, theirs = OURS[name][argument], THEIRS[name][argument]
            assert ours == theirs or eval(ours) == eval(theirs), (name, argument)


MODEL = Sequential([layers.Input((2,)), layers.Dense(1)])
REQUIRED = {
    "Dense": (1,), "Activation": ("relu",), "Rescaling": (1.0,), "Reshape": ((2,),),
    "Input": ((2,),), "InputLayer": ((2,),), "Dropout": (0.5,), "GaussianDropout": (0.5,),
    "GaussianNoise": (0.5,),
    "clone_model": (MODEL,), "add": (layers.Dense(1, name="last"),), "compile": ("sgd", "mse"),
}  # fmt: skip
FILES = {"save", "save_model", "save_weights", "load_weights", "load_model"}


@pytest.mark.parametrize(
    "name", [name for name in NAMES if lacking(name) and name.rpartition(".")[2] not in FILES]
)
def test_it_is_so_when_it_is_called(name):
    module, _, own = name.rpartition(".")
    if own == "clear_session":
        return
    call, args = thing(name), REQUIRED.get(own, ())
    if isinstance(thing(module), type):
        call = getattr(keras.models.clone_model(MODEL), own)
    for argument, default in lacking(name).items():
        call(*args, **{argument: eval(default)})
        with pytest.raises(ValueError, match=f"takes {argument} only as Keras' default, {default}"):
            call(*args, **{argument: "another"})


def test_files_too(tmp_path):
    model, path = keras.models.clone_model(MODEL), tmp_path / "model.npz"
    for save in (
        model.save,
        functools.partial(keras.saving.save_model, model),
    ):
        save(path, zipped=None)
        with pytest.raises(ValueError, match="takes zipped only as"):
            save(path, zipped=True)
    assert keras.saving.load_model(path, safe_mode=True).count_params() == 3
    with pytest.raises(ValueError, match="Nothing in a file is executed"):
        keras.models.load_model(path, safe_mode=False)
    weights = tmp_path / "weights.npz"
    model.save_weights(weights, max_shard_size=None)
    model.load_weights(weights, skip_mismatch=False)
    with pytest.raises(ValueError, match="takes skip_mismatch only as"):
        model.load_weights(weights, skip_mismatch=True)


def test_other_values_that_are_true_here_are_taken_too():
    MODEL.compile("sgd", "mse", run_eagerly=True, jit_compile=False)
    with pytest.raises(ValueError, match=r"'auto', got True\. Each step is"):
        MODEL.compile("sgd", "mse", jit_compile=True)


def test_what_keras_writes_to_a_configuration_is_taken():
    off = {"use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None}
    assert keras.optimizers.SGD.from_config({"learning_rate": 0.5, **off}).learning_rate == 0.5
    dense = layers.Dense.from_config({"units": 2, "quantization_config": None, "lora_rank": None})
    assert dense.units == 2


def test_every_row_of_the_table_is_of_keras():
    gone = {"rms_scaling", "input_tensor", "tensor"}  # of older Keras 3, or of one of two alone
    for names, (defaults, _) in KERAS_ALONE.items():
        theirs = [THEIRS[name] for name in THEIRS if name.rpartition(".")[2] in names.split()]
        for argument in defaults.keys() - gone:
            assert any(argument in one for one in theirs), (names, argument)
