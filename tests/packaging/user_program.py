"""What a typed program of a user looks like; the type checkers read it, and Python runs it."""

import os
import tempfile

import numpy as np

import tinyneuron as keras
from tinyneuron.layers import Dense
from tinyneuron.models import Sequential, load_model

x: np.ndarray = np.linspace(-1, 1, 20, dtype="float32").reshape(-1, 1)
model: Sequential = keras.Sequential([keras.Input((1,)), Dense(3, "tanh"), Dense(1)])
model.compile(keras.optimizers.Adam(0.05), "mse")
history = model.fit(x, x * x, epochs=3, verbose=0)
losses: list[float] = history.history["loss"]
prediction: np.ndarray = model.predict(x)
first: Dense | keras.Layer = model.layers[0]
weights: list[np.ndarray] = first.get_weights()

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.npz")
    model.save(path)
    again: keras.Model = load_model(path)

assert np.array_equal(again.predict(x), prediction)
assert len(losses) == 3
print(f"tinyneuron {keras.__version__} with NumPy {np.__version__}: {losses[-1]:.3f}")
