"""One saved model over an array larger than memory, block by block, on all cores, with Dask.

A model is saved, and each worker loads it and predicts its blocks. Each block is read from a file,
and its results are written to one, so that memory holds a few blocks, however long the array is.
The result is the same as that of `predict`, which is checked block by block.

    pip install -e ".[plot,scale]"
    python examples/predict_at_scale.py --rows 2000000 --save pictures
"""

import functools
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import tinyneuron as keras
from _pictures import extra, make_pictures, parse_arguments
from tinyneuron.layers import Dense

BLOCK = 100_000  # rows: a few megabytes each


def main():
    options = parse_arguments(__doc__, rows=1_000_000)
    with extra("plot,scale"):
        import dask.array
        from dask.diagnostics import ProgressBar

    keras.utils.set_random_seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        model = keras.Sequential(
            [keras.Input((8,)), Dense(32, "relu"), Dense(3, activation="softmax")]
        )
        model.save(path)

        source, target = Path(folder) / "rows.npy", Path(folder) / "results.npy"
        write_rows(source, options.rows)
        np.lib.format.open_memmap(target, "w+", np.float32, (options.rows, 3)).flush()
        print(f"{options.rows:,} rows on disk, {source.stat().st_size / 2**20:,.0f} MiB")

        starts = dask.array.from_array(np.arange(0, options.rows, BLOCK), chunks=1)
        done = starts.map_blocks(
            functools.partial(predict_block, str(path), str(source), str(target)), dtype=int
        )
        before, start = peak_memory(), time.perf_counter()
        with ProgressBar():  # the scheduler of a cluster would go here
            done.compute()
        print(f"predicted in {time.perf_counter() - start:.1f} s, block by block")
        print(f"The memory of this process grew by {peak_memory() - before:,.0f} MiB.")

        shares, probability = check(load(str(path)), source, target, options.rows)
        print("One predict gives the same. Share of each class:", shares.round(3))
        make_pictures(options, draw, probability)

    print("\nLook at: how much the memory grew. With eight times the --rows, does it grow more?")
    print("Try next: a Dask cluster (dask.distributed.Client) before the ProgressBar's line.")


@functools.lru_cache(maxsize=1)
def load(path):
    return keras.saving.load_model(path, compile=False)  # once for each worker


def predict_block(model, source, target, starts):
    """Predict the rows of one block, from file to file; the maps are closed again with it."""
    for start in starts:
        block = np.s_[start : start + BLOCK]
        np.load(target, "r+")[block] = load(model).predict(np.array(np.load(source, "r")[block]))
    return starts


def write_rows(path, number):
    """Write random rows to a file, a block at a time."""
    np.lib.format.open_memmap(path, "w+", np.float32, (number, 8)).flush()
    random = np.random.default_rng(0)
    for start in range(0, number, BLOCK):
        part = np.load(path, "r+")[start : start + BLOCK]
        part[...] = random.standard_normal(part.shape, dtype=np.float32)


def check(model, source, target, number):
    """Compare with one predict, a block at a time; return the classes' shares, and some P."""
    counts, probability = np.zeros(3, int), []
    for start in range(0, number, BLOCK):
        block = np.s_[start : start + BLOCK]
        results = np.array(np.load(target, "r")[block])
        assert np.allclose(results, model.predict(np.load(source, "r")[block]), atol=1e-6)
        counts += np.bincount(results.argmax(axis=1), minlength=3)
        probability.append(np.histogram(results[:, 0], bins=50, range=(0, 1))[0])
    return counts / number, np.sum(probability, axis=0)


def peak_memory():
    """Return the most memory that this process has held, in MiB; 0 where nothing tells it."""
    try:
        import resource
    except ImportError:  # on Windows
        return 0.0
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes, or KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def draw(counts):
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    figure, ax = plt.subplots()
    edges = np.linspace(0, 1, 51)
    ax.bar(edges[:-1], counts, width=0.02, align="edge", color=plotting.BLUE)  # class 0's colour
    ax.set(title=f"{counts.sum():,} predictions", xlabel="P(class 0)", ylabel="rows")
    return {"predict_at_scale_1_probabilities": figure}


if __name__ == "__main__":
    main()
