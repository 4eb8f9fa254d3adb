"""Change what files say, under right checksums: 60,000 descriptions, 5,000 headers of arrays.

python tools/stress_parts.py [DESCRIPTIONS [HEADERS]]

Somewhere in the JSON of a file, ours or Keras', a value becomes another, goes, comes twice, or
comes from elsewhere. A header of a ``.npy`` part claims other shapes, types, orders or lengths. It
must be refused with a ValueError; or the model opens, and predicts, trains a step, and comes back
from a file of its own, or says why not.
"""

import copy
import io
import json
import random
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np

import tinyneuron as keras
from damage import damaged, same_arrays, tallied
from stress_files import GENERATIONS, ours

ODD = [
    None, True, False, 0, 1, -1, 2, 3, 0.5, -0.0, 1e300, 1e-300, 10**400, 2**31, 2**63, 1e10,
    float("nan"), float("inf"), "", "a", "tanh", "relu", "Dense", "Sequential", "os.system",
    "\x1b[2J", "\ud800", "a/b", "..", "x" * 10_000, [], [[]], [None], [None, 3], [1, 2, 3], {},
    [None, 10**12],
    {"class_name": "Dense", "config": {"units": 10**9}}, {"class_name": "Sequential", "config": {}},
    {"class_name": "L2", "config": {"l2": float("nan")}}, {"class_name": "Dense"}, {"a": {"b": []}},
    [{"class_name": "Dense", "config": {"units": 3}}] * 30, [0] * 10_000,
]  # fmt: skip


def places_in(described):
    """Yield each object or list of a description with each key or index in it."""
    keys = described if isinstance(described, dict) else range(len(described))
    for key in list(keys):
        yield described, key
        if isinstance(described[key], dict | list):
            yield from places_in(described[key])


def mutated(described, seed):
    """Return a description in which one to three things are not as they were."""
    dice = random.Random(seed)
    described = copy.deepcopy(described)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        where = list(places_in(described))
        if not where:
            break
        (inside, key), (other, its_key) = dice.choice(where), dice.choice(where)
        kind = dice.randrange(6)
        if kind < 3:
            inside[key] = copy.deepcopy(dice.choice(ODD))
        elif kind == 3:
            inside[key] = copy.deepcopy(other[its_key])
        elif kind == 4:
            del inside[key]
        elif isinstance(inside, list):
            inside.insert(key, copy.deepcopy(inside[key]))
        else:
            inside[str(its_key)] = copy.deepcopy(other[its_key])
    return described


def with_part(parts, name, content):
    """Return a zip of parts, one of them changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, its_content in (parts | {name: content}).items():
            archive.writestr(part, its_content)
    return file.getvalue()


def used(content, path):
    """Open a file, and use what opens; say what came of it."""
    path.write_bytes(content)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = keras.saving.load_model(path)
        except ValueError as error:
            return "refused" if path.name in str(error) else f"refused without a name: {error}"
        return in_use(model, path.with_name("again.npz"))


def in_use(model, path):
    """Predict, train and save a model; say what of it was refused."""
    x = np.ones((2, *(size or 1 for size in model.input.shape[1:])), np.float32)
    try:
        before = model.predict(x, verbose=0)
        if model.optimizer is not None:
            model.fit(x, before, verbose=0)
        model.save(path)
    except (ValueError, FloatingPointError) as error:
        return f"opens, and refuses then: {type(error).__name__}"
    again = keras.saving.load_model(path)
    same = same_arrays([model.predict(x, verbose=0)], [again.predict(x, verbose=0)])
    return "opens, predicts, trains and is saved" if same else "opens, and is saved as another"


def descriptions(folder):
    """Yield a zip's parts, the name of one of JSON, and what it describes: ours and Keras' own."""
    files = [content for _, ending, content, _ in ours(folder) if ending in (".npz", ".keras")]
    for path in sorted(GENERATIONS.glob("keras-3.*/files.zip")):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".keras")]
            files += [archive.read(name) for name in names]
    for content in files:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for name in parts:
            if name.endswith(".json"):
                yield parts, name, json.loads(parts[name])


def with_other_json(path, forms):
    """Return what opens a file whose description is changed by its seed."""

    def open_it(seed):
        parts, name, described = forms[seed % len(forms)]
        return used(with_part(parts, name, json.dumps(mutated(described, seed))), path)

    return open_it


def with_other_header(path, parts):
    """Return what opens a file one of whose arrays has a header changed by its seed."""
    names = [name for name in parts if name.endswith(".npy")]

    def open_it(seed):
        name = names[seed % len(names)]
        return used(with_part(parts, name, header_changed(parts[name], seed)), path)

    return open_it


def header_changed(array, seed):
    """Return a ``.npy`` part with another header, and the same numbers."""
    dice, end = random.Random(seed), 10 + int.from_bytes(array[8:10], "little")
    if seed % 3 == 0:  # bytes of it
        return damaged(array[:end], seed) + array[end:]
    header = eval(array[10:end])  # our own
    sizes = [0, 1, 3, 4, -1, 2**31, 2**62, 2**64, 1.5, True, None, "3"]
    shapes = [
        (),
        (dice.choice(sizes),),
        (dice.choice(sizes), dice.choice(sizes)),
        [3, 4],
        12,
        (1,) * 99,
    ]
    types = [
        "<f4",
        ">f4",
        "<f8",
        "<i4",
        "|b1",
        "|O",
        "<c8",
        "<U3",
        "|V4",
        "<M8[s]",
        "f4,f4",
        "|S0",
        7,
    ]
    key = dice.choice(["shape", "descr", "fortran_order"])
    header[key] = dice.choice(
        {"shape": shapes, "descr": types, "fortran_order": [True, 1, "no"]}[key]
    )
    if dice.random() < 0.2:
        header[dice.choice(["more", 7, "shape "])] = dice.choice(["()", 3, [[]] * 9])
    text = (
        repr(header) + dice.choice(["\n", "", " " * 60 + "\n", "(" * 300, "+[0]*10**9\n"])
    ).encode()
    version = dice.choice([b"\1\0"] * 5 + [b"\2\0", b"\3\0", b"\0\0"])
    length = len(text) if dice.random() < 0.9 else dice.choice([0, 65535, len(text) + 7])
    return b"\x93NUMPY" + version + length.to_bytes(2, "little") + text + array[end:]


def main():
    numbers = [int(number) for number in sys.argv[1:]]
    of_json, of_headers = (numbers + [60_000, 5_000][len(numbers) :])[:2]
    with tempfile.TemporaryDirectory() as name:
        folder, start = Path(name), time.perf_counter()
        forms = list(descriptions(folder))
        report("descriptions", with_other_json(folder / "changed.zip", forms), of_json)
        report("headers", with_other_header(folder / "changed.npz", forms[0][0]), of_headers)
        print(f"{time.perf_counter() - start:.0f} s")


def report(what, work, number):
    tally = tallied(work, range(number))
    print(f"{number:,} {what}: {tally}", flush=True)
    for outcome, seed in tally.examples.items():
        print(f"    {outcome}: first with seed {seed}")


if __name__ == "__main__":
    main()
