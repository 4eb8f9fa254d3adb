"""Files of every generation of Keras open here, predict as they did, and train on as they would.

``data/generations`` holds what each release wrote, and its README how it was recorded.
"""

import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

import tinyneuron as keras
from damage import damaged

GENERATIONS = Path(__file__).parent / "data" / "generations"
EXPECTED = {
    path.parent.name: json.loads(path.read_text())["cases"]
    for path in sorted(GENERATIONS.glob("*/expected.json"))
}

# Cases whose training is left out, with what the warning says.
LEFT_OUT = {"adam_ema": "use_ema=True"}
# Cases that go on in another way, with what the warning says, or with why there is none.
OTHERWISE = {
    "mixed_precision": "computes in float32",
    "activity_regularized": "activity penalty",  # of Keras 1 and 2
    "batch_normalization": "state, which Keras 1 wrote in another order",
}
# TensorFlow 2.0 forgot to clip, and Keras 2.2 read some weights after it had begun to change them.
AFTER_THE_FIRST = {
    "tf-2.0": ["adam_clipnorm", "sgd_nesterov_clipvalue"],
    "keras-2.2": ["activations", "adam_amsgrad", "initialized", "initializers"],
}


def cases():
    """Yield the writer, the file's name, what is known of its network and of the file."""
    for writer, networks in EXPECTED.items():
        for name, case in networks.items():
            for file_name, file in case.get("files", {}).items():
                if "not_saved" not in file:
                    yield pytest.param(
                        writer, name, file_name, case, file, id=f"{writer}/{file_name}"
                    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generations")
    for writer in EXPECTED:
        with zipfile.ZipFile(GENERATIONS / writer / "files.zip") as archive:
            archive.extractall(folder / writer)
    return folder


def predicts(model, case, tolerance=1e-6):
    y = model.predict(np.array(case["x"]), verbose=0)
    np.testing.assert_allclose(y, case["predictions"], rtol=0, atol=tolerance)
    assert model.count_params() == case["facts"]["parameters"]


def read(path):
    """Return the model of a file, or the model of a JSON file with the weights of this one."""
    if path.name.endswith("weights.h5"):
        name = path.name.removesuffix(".weights.h5").removesuffix("_weights.h5")
        model = keras.models.model_from_json((path.parent / f"{name}.json").read_text())
        model.load_weights(path)
        return model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of training, which is below
        return keras.models.load_model(path)


@pytest.mark.parametrize(("writer", "name", "file_name", "case", "file"), list(cases()))
def test_it_opens_and_predicts(folder, writer, name, file_name, case, file):
    path = folder / writer / file_name
    if name == "explicit_input" and writer in ("keras-2.2", "keras-2.3"):  # they forgot its shape
        with pytest.raises(ValueError, match=r"never built|not built"):
            read(path)
        return
    predicts(read(path), case, 2e-3 if name == "mixed_precision" else 1e-6)


@pytest.mark.parametrize(
    ("writer", "name", "file_name", "case", "file"),
    [param for param in cases() if "losses" in param.values[-1]],
)
def test_it_trains_on(folder, writer, name, file_name, case, file):
    path, rows = folder / writer / file_name, len(case["x"])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = keras.models.load_model(path)
    if name in LEFT_OUT:
        assert len(said) == 1
        assert LEFT_OUT[name] in str(said[0].message)
        assert model.optimizer is None
        return
    if said and name in OTHERWISE:
        assert OTHERWISE[name] in str(said[0].message)
        return
    if name == "auc":
        assert ["Unknown metric 'AUC'" in str(w.message) for w in said] == [True]
    else:
        assert not said, said[0].message

    # Some releases forget the optimizer's state when they load it: to go on is right as well.
    allowed = [file["losses"], case["continued"]]
    seen = 1 if name in AFTER_THE_FIRST.get(writer, []) else 3

    def differences(steps):
        model = keras.models.load_model(path)
        model.optimizer._iterations += steps
        x, y = np.array(case["x"]), np.array(case["y"])
        history = model.fit(x, y, batch_size=rows, epochs=3, shuffle=False, verbose=0)
        ours = history.history["loss"][:seen]
        return min(
            np.max(np.abs(np.subtract(ours, theirs[:seen])) / (np.abs(theirs[:seen]) + 1e-2))
            for theirs in allowed
        )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Keras 2 on TensorFlow counted a step before it took it.
        steps = [0, 1] if writer in ("keras-2.2", "keras-2.3") else [0]
        assert min(map(differences, steps)) < 1e-5


@pytest.mark.parametrize("writer", sorted(EXPECTED))
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_damaged_it_is_refused_or_the_same(folder, tmp_path, writer, ending):
    pytest.importorskip("h5py")
    path = folder / writer / f"pima{ending}"
    if not path.exists():
        pytest.skip(f"{writer} has no such file")
    case = EXPECTED[writer]["pima"]
    damaged_file = tmp_path / path.name
    for content in damaged(path.read_bytes(), 50, np.random.default_rng(0)):
        damaged_file.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                model = keras.models.load_model(damaged_file)
            except ValueError as error:
                assert damaged_file.name in str(error)  # noqa: PT017
                continue
        predicts(model, case)


FOREIGN = [
    (b"", "empty"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n", "git lfs pull"),
    (b"\x80\x04\x95\x10\x00", "pickle.*program"),
    (b"\x1c\x00\x00\x00TFL3\x14\x00", "TFLite"),
    (b"\x08\x07\x12\x07pytorch", "ONNX"),
    (b"\n<!DOCTYPE html><html><head>", "HTML page"),
    (b'{"class_name": "Sequential"}', "model_from_json"),
]


@pytest.mark.parametrize(("content", "message"), FOREIGN)
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.npz"])
def test_what_is_no_model_is_said_to_be_what_it_is(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        keras.models.load_model(tmp_path / name)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=message):
        model.load_weights(tmp_path / name)


def test_a_saved_model_is_said_to_be_one(tmp_path):
    with pytest.raises(ValueError, match="is a folder"):
        keras.models.load_model(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ValueError, match=r"SavedModel.*model\.save\('model\.keras'\)"):
        keras.models.load_model(tmp_path)


OPTIMIZERS = ["adadelta", "adagrad", "adam", "adamax", "lion", "nadam", "rmsprop", "sgd"]


@pytest.mark.parametrize("kind", ["Sequential", "Functional"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_a_file_of_our_own_comes_back(tmp_path, ending, optimizer, kind):
    pytest.importorskip("h5py")
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(20, 3))
    inner = keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.BatchNormalization()])
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(1)])
    if kind == "Functional":
        given, code = keras.Input((3,)), keras.Input((3,))
        inner = keras.Model(code, keras.layers.Dense(3, "tanh")(code))
        model = keras.Model(given, keras.layers.Dense(1)(inner(given)))
    model.compile(optimizer, "mse", metrics=["mae"])
    model.fit(x, x[:, :1], epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / f"m{ending}")
    again = keras.models.load_model(tmp_path / f"m{ending}")
    assert type(again) is type(model)
    assert (again.predict(x, verbose=0) == model.predict(x, verbose=0)).all()
    losses = [
        m.fit(x, x[:, :1], epochs=2, shuffle=False, verbose=0).history for m in (model, again)
    ]
    np.testing.assert_allclose(losses[0]["loss"], losses[1]["loss"], rtol=1e-6)
