"""One saved model over an array larger than memory, block by block, on all cores, with Dask.

A model is saved, and each worker loads it and predicts its blocks. Memory holds a few blocks,
however long the array is. The result is the same as that of one `predict`.

    pip install -e ".[plot,scale]"
    python examples/predict_at_scale.py --rows 2000000 --save pictures
"""

import argparse
import functools
import tempfile
import time
from pathlib import Path

import numpy as np

import tinyneuron as keras
from tinyneuron.layers import Dense

BLOCK = 100_000  # rows: a few megabytes each


def main():
    options = parse_arguments()
    try:
        import dask.array
        from dask.diagnostics import ProgressBar
    except ImportError:
        print('This example needs Dask: pip install -e ".[scale]"')
        return
    keras.utils.set_random_seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        model = keras.Sequential(
            [keras.Input((8,)), Dense(32, "relu"), Dense(3, activation="softmax")]
        )
        model.save(path)

        rows = on_disk(Path(folder) / "rows.npy", options.rows)
        results = np.lib.format.open_memmap(
            Path(folder) / "results.npy", mode="w+", dtype=np.float32, shape=(options.rows, 3)
        )
        print(f"{options.rows:,} rows on disk, {rows.nbytes / 2**20:,.0f} MiB")

        blocks = dask.array.from_array(rows, chunks=(BLOCK, 8))
        predictions = blocks.map_blocks(
            functools.partial(predict_block, str(path)), dtype=np.float32, chunks=(BLOCK, 3)
        )
        start = time.perf_counter()
        with ProgressBar():  # the scheduler of a cluster would go here
            predictions.store(results, lock=False)
        print(f"predicted in {time.perf_counter() - start:.1f} s, block by block")

        start = time.perf_counter()
        at_once = model.predict(rows)
        print(f"and in {time.perf_counter() - start:.1f} s by one predict")
        assert np.allclose(results, at_once, atol=1e-6)
        print("They are the same.")
        shares = np.bincount(results.argmax(axis=1), minlength=3) / options.rows
        print("Share of each class:", shares.round(3))
        if options.save or options.show:
            draw(options, results[:, 0])

    print("\nLook at: the memory of this process while it runs, which does not grow with --rows.")
    print("Try next: a Dask cluster (dask.distributed.Client) before the ProgressBar's line.")


@functools.lru_cache(maxsize=1)
def load(path):
    return keras.saving.load_model(path, compile=False)  # once for each worker


def predict_block(path, block):
    return load(path).predict(block)


def on_disk(path, number):
    """Write random rows to a file, a block at a time, and map it."""
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(number, 8))
    random = np.random.default_rng(0)
    for start in range(0, number, BLOCK):
        part = rows[start : start + BLOCK]
        part[...] = random.standard_normal(part.shape, dtype=np.float32)
    return rows


def pyplot(options):
    """Return matplotlib's pyplot in the library's style, or say what is missing."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise SystemExit('The pictures need matplotlib: pip install -e ".[plot]"') from None
    if not options.show:
        mpl.use("Agg")
    import matplotlib.pyplot as plt

    import tinyneuron.plotting  # noqa: F401 registers the style

    if options.show and plt.get_backend().lower() == "agg":
        raise SystemExit("There is no display to show pictures on: --save DIR saves them.")
    plt.style.use("tinyneuron")
    return plt


def draw(options, probability):
    plt = pyplot(options)
    from tinyneuron import plotting

    figure, ax = plt.subplots()
    ax.hist(probability, bins=50, color=plotting.BLUE)
    ax.set(title=f"{len(probability):,} predictions", xlabel="P(class 0)", ylabel="rows")
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        path = options.save / "predict_at_scale_1_probabilities.png"
        figure.savefig(path)
        print(f"saved {path}")
    if options.show:
        plt.show()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="default 1,000,000")
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the picture there")
    parser.add_argument("--show", action="store_true", help="show the picture in a window")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default 1)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
