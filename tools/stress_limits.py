"""Time and memory of opening files of each form, tiny and huge, of one layer and of thousands.

python tools/stress_limits.py [MEGABYTES]

The limits: four times the file's size and 50 MB of memory; one second, and one more a megabyte.
Files that claim more than they hold must be refused within them. Each is opened in a process of its
own.
"""

import io
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import tinyneuron as keras
from damage import remove_checksums, tallied
from tinyneuron import layers

MOST = 4900  # layers


def deep(number, units=1):
    return [layers.Dense(units) for _ in range(number)]


def models(megabytes):
    """Yield a name, and a function that makes the layers: one small, many, one large."""
    wide = int((megabytes * 1e6 / 4) ** 0.5)
    yield "one small layer", lambda: deep(1)
    yield f"{MOST} layers of one unit", lambda: deep(MOST)
    yield f"{MOST // 3} layers of 30 units", lambda: deep(MOST // 3, 30)
    yield f"{MOST} layers without weights", lambda: [layers.Identity() for _ in range(MOST)]
    yield f"one layer of {wide} x {wide}", lambda: [keras.Input((wide,)), layers.Dense(wide)]


def forms(folder, make):
    """Yield the paths of a model in each form, as they are written; of a trained one, too."""
    for optimizer in (None, "adam"):
        own = make()
        start = [] if isinstance(own[0], keras.KerasTensor) else [keras.Input((1,))]
        model = keras.Sequential([*start, *own])
        if optimizer is not None:
            model.compile(optimizer, "mse")
            if model.weights and model.count_params() < 1e7:
                x = np.ones((1, model.input.shape[1]), "f")
                model.fit(x, model.predict(x), verbose=0)
        for name in ("m.npz", "m.keras", "m.h5"):
            model.save(folder / name)
            yield folder / name
    model.save(folder / "m.h5")
    yield as_keras_1(folder / "m.h5", model)


def as_keras_1(path, model):
    """Turn a file into one of Keras 1, which had other names for all and no checksums."""
    import h5py

    names = [layer.name for layer in model.layers]
    options = {"batch_input_shape": [None, model.input.shape[1]]}
    listed = []
    for name, layer in zip(names, model.layers, strict=True):
        kind, units = ("Dense", layer.units) if layer.weights else ("Activation", None)
        described = {"output_dim": units} if units else {"activation": "linear"}
        listed.append({"class_name": kind, "config": {"name": name, **described, **options}})
        options = {}
    with h5py.File(path, "a") as file:
        remove_checksums(file)
        for name in ("training_config", "optimizer_weights"):
            file.attrs.pop(name, None)
            file.pop(name, None)
        file.attrs["keras_version"] = "1.2.2"
        config = json.dumps({"class_name": "Sequential", "config": listed})
        if len(config) > 60_000:  # of an attribute; it stands in a heap, as a string of any length
            del file.attrs["model_config"]
            file.attrs.create("model_config", config, dtype=h5py.string_dtype())
        else:
            file.attrs["model_config"] = config
    return path.rename(path.with_name("keras 1.h5"))


def claims(folder):
    """Yield paths of files that claim more than they hold."""
    keras.Sequential([keras.Input((1,)), layers.Dense(1)]).save(folder / "whole.npz")
    with zipfile.ZipFile(folder / "whole.npz") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    inner = json.loads(parts["model.json"])["model"]["config"]["layers"]
    huge = {"class_name": "Dense", "config": {"units": 10**11}}
    nested = {"class_name": "Dense", "config": {"units": 1}}
    for _ in range(90):
        nested = {"class_name": "Sequential", "config": {"layers": [nested]}}
    described = {
        "a billion billion units": [*inner, huge],
        "a thousand layers of a million units": [
            inner[0],
            *[huge | {"config": {"units": 10**6}}] * 1000,
        ],
        "models in models": [inner[0], nested],
        "more layers than may be": [*inner, *[{"class_name": "Identity", "config": {}}] * 50_000],
        "a million objects": [*inner, *[{}] * 1_000_000],
        "a million numbers": [*inner, [0] * 3_000_000],
        "an input of a billion": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 10**9]}},
            *inner[1:],
        ],
    }
    for name, listed in described.items():
        content = json.loads(parts["model.json"])
        content["model"]["config"]["layers"] = listed
        path = folder / f"{name}.npz"
        with zipfile.ZipFile(path, "w") as archive:
            for part, its_content in (parts | {"model.json": json.dumps(content)}).items():
                archive.writestr(part, its_content)
        yield path
    array = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        array, {"descr": "<f4", "fortran_order": False, "shape": (1, 10**12)}
    )
    path = folder / "an array of a billion kilobytes.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for part, its_content in (parts | {"weights/0.npy": array.getvalue()}).items():
            archive.writestr(part, its_content)
    yield path


def measured(path):
    """Open a file in a process of its own; return what came of it, its size, and what it took."""
    tally = tallied(opened, [path], deadline=600)
    (what,) = tally.outcomes
    return what, path.stat().st_size / 1e6, tally.slowest, tally.memory * 1.048576


def opened(path):
    try:
        keras.saving.load_model(path)
    except ValueError:
        return "refused"
    return "opened"


def report(name, path):
    what, size, seconds, memory = measured(path)
    time_allowed, memory_allowed = 1 + size, 50 + 4 * size
    held = seconds <= time_allowed and memory <= memory_allowed
    print(
        f"{name}, {path.name}: {size:.2f} MB {what} in {seconds:.2f} s of {time_allowed:.2f}, "
        f"{memory:.0f} MB of {memory_allowed:.0f}{'' if held else '  BEYOND THE LIMIT'}",
        flush=True,
    )
    path.unlink()
    return held


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        folder, held = Path(name), []
        for what, make in models(megabytes):
            held += [report(what, path) for path in forms(folder, make)]
        held += [report("claimed", path) for path in claims(folder)]
    print(f"{len(held)} files: {sum(held)} within the limits")


if __name__ == "__main__":
    main()
