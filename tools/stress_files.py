"""Damage files of every format, ours and each release of Keras', 100,000 times.

python tools/stress_files.py [NUMBER]

Each is cut off, has bits, bytes, stretches, sectors or addresses changed (`damage.damaged`), and is
opened in a child process that is killed if it hangs. What opens must be the model that was saved:
its configuration, weights, predictions, and where its training was. Zips have checksums, and so
has HDF5 that tinyneuron wrote; HDF5 of Keras has none: where the damage touched numbers or texts
themselves, others may be loaded, and they are counted.
"""

import sys
import tempfile
import time
import warnings
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np

import tinyneuron as keras
from damage import Tally, damaged, same_arrays, same_bits, tallied
from tinyneuron import layers

GENERATIONS = Path(__file__).parent.parent / "tests" / "data" / "generations"
OTHERS = ("other weights", "other configuration", "other predictions", "other training")
LESS = "equal, less of its training, with a warning"


def refused_or_right(content, path, model):
    """Load damaged content: say whether it is the very model, or refused by the file's name."""
    path.write_bytes(content)
    try:
        loaded = keras.saving.load_model(path)
    except ValueError as error:
        if path.name in str(error):
            return False
        raise
    assert same_bits(loaded, model)
    return True


def outcome(content, path, whole):
    """Open damaged content: refused, equal to the whole model, or what of it is another."""
    path.write_bytes(content)
    keras.utils.clear_session()  # Keras 1 gave a model no name: it is named anew
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            model = keras.saving.load_model(path)
        except ValueError as error:
            return "refused" if path.name in str(error) else f"refused without a name: {error}"
    if not same_arrays(model.get_weights(), whole.get_weights()):
        return "other weights"
    if model.get_config() != whole.get_config():
        return "other configuration"
    with np.errstate(all="ignore"):
        x = np.linspace(-1, 1, 4 * whole.input.shape[1], dtype="f").reshape(4, -1)
        if not same_arrays([model.predict(x, verbose=0)], [whole.predict(x, verbose=0)]):
            return "other predictions"
    if same_training(model, whole):
        return "equal"
    return LESS if said else "other training"


def loaded(path):
    """Open a model whose layers are named as if it were the first."""
    keras.utils.clear_session()
    return keras.saving.load_model(path)


def same_training(model, whole):
    one, other = model.optimizer, whole.optimizer
    if one is None or other is None:
        return one is other
    about = [
        (type(o), o.get_config(), o.iterations, m.loss) for o, m in [(one, model), (other, whole)]
    ]
    slots = [[a for arrays in o.state().values() for a in arrays] for o in (one, other)]
    return repr(about[0]) == repr(about[1]) and same_arrays(*slots)


def outcome_of_weights(content, path, whole):
    """Read damaged weights into a model: they are refused, equal, or others."""
    model = keras.Sequential.from_config(whole.get_config())
    model.set_weights([np.full_like(weight, 7) for weight in whole.get_weights()])
    path.write_bytes(content)
    try:
        model.load_weights(path)
    except ValueError as error:
        if not all((weight == 7).all() for weight in model.get_weights()):
            return "half loaded"
        return "refused" if path.name in str(error) else f"refused without a name: {error}"
    return "equal" if same_arrays(model.get_weights(), whole.get_weights()) else "other weights"


def ours(folder):
    """Yield who writes it, the form, the content and the model of each of our own forms."""
    inner = keras.Sequential([layers.Dense(3, "tanh"), layers.Dropout(0.5, seed=3)])
    hidden = [layers.Dense(4, "gelu"), layers.BatchNormalization(), inner]
    model = keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.ones((4, 3)), np.ones(4), verbose=0)
    for name in ("m.npz", "m.keras", "m.h5"):
        model.save(folder / name)
        yield "tinyneuron", name[1:], (folder / name).read_bytes(), loaded(folder / name)
    for name in ("w.weights.npz", "w.weights.h5"):
        model.save_weights(folder / name)
        yield "tinyneuron", name[1:], (folder / name).read_bytes(), model


def those_of_keras(folder):
    """Yield the same of each form of each release's ``pima``, and its state of Adam."""
    for path in sorted(GENERATIONS.glob("*/files.zip")):
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.startswith("pima") and ".json" not in n]
            for name in sorted(names):  # pima.h5 first
                content = archive.read(name)
                (folder / name).write_bytes(content)
                if name == "pima.h5":
                    model = loaded(folder / name)
                whole = model if "weights" in name else loaded(folder / name)
                ending = ".weights.h5" if "weights" in name else Path(name).suffix
                yield path.parent.name, ending, content, whole


def stress(ending, content, whole, folder, number):
    """Open so many damaged copies of a file, and count what comes of them."""
    look = outcome_of_weights if "weights" in ending else outcome
    path = folder / f"damaged{ending}"
    return tallied(lambda seed: look(damaged(content, seed), path, whole), range(number))


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder, start, totals = Path(tempfile.mkdtemp()), time.perf_counter(), defaultdict(Tally)
    for files in (list(ours(folder)), list(those_of_keras(folder))):
        for i, (writer, ending, content, whole) in enumerate(files):
            each = (number // 2 + i) // len(files)  # together number // 2
            tally = stress(ending, content, whole, folder, each)
            print(f"{writer} {ending}: {tally}", flush=True)
            kind = "zip" if content.startswith(b"PK") else "HDF5"
            checked = kind == "zip" or writer == "tinyneuron"
            totals[f"{ending} ({kind}) {'with' if checked else 'without'} checksums"] += tally
    for kind, tally in totals.items():
        print(f"{kind}: {tally.outcomes.total():,} files: {tally}")
        for what in set(tally.outcomes) - {"refused", "equal"}:
            print(f"    {what}: first with seed {tally.examples[what]}")
    print(f"{number:,} damaged files in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
