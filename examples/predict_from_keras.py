"""Predict with a network that Keras or TensorFlow saved, without either.

    python examples/predict_from_keras.py model.h5
    python examples/predict_from_keras.py model.keras rows.csv > predictions.csv
    python examples/predict_from_keras.py model.keras rows.csv --explain 0
    python examples/predict_from_keras.py model.h5 --to model.npz

ROWS.csv has a row of numbers for each sample, with or without a line of names above them. All of
it needs NumPy alone.
"""

import argparse
import sys

import numpy as np

import tinyneuron as keras


def main():
    options = parse_arguments()
    model = keras.models.load_model(options.model, compile=False)
    if options.rows is None or options.to:
        model.summary()
    if options.to:
        model.save(options.to)
        print(f"saved as {options.to}")
    if options.rows is None:
        return
    x = read_rows(options.rows, model.input_shape)
    if options.explain is not None:
        if not 0 <= options.explain < len(x):
            raise ValueError(
                f"--explain {options.explain}: {options.rows} has rows 0 to {len(x) - 1}."
            )
        print(model.explain(x[[options.explain]]))
        return
    y = model.predict(x)  # many rows show a bar on a terminal
    np.savetxt(sys.stdout, y.reshape(len(y), -1), delimiter=",", fmt="%.6g")


def read_rows(path, input_shape):
    """Return the rows of a CSV file in the shape of the model's inputs."""
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if line.strip()]
    if not lines:
        raise ValueError(f"{path} has no rows.")
    try:
        [float(field) for field in lines[0].split(",")]
    except ValueError:
        del lines[0]  # names
    x = np.loadtxt(lines, delimiter=",", ndmin=2)
    return x.reshape(len(x), *input_shape[1:])


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", metavar="MODEL", help="a .keras, .h5 or .npz file")
    parser.add_argument("rows", metavar="ROWS.csv", nargs="?", help="what to predict for")
    parser.add_argument("--explain", metavar="ROW", type=int, help="write one prediction out")
    parser.add_argument("--to", metavar="FILE", help="save the model too, as .npz say")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:  # to be read, not to be debugged
        sys.exit(str(error))
