"""Cases in Keras, in a process of its own, for a backend is chosen once in a process.

KERAS_BACKEND=jax JAX_ENABLE_X64=1 python in_keras.py CASES TRIALS FILE

runs all trials of all cases in both dtypes and leaves the results in FILE. On JAX they are
trained; on NumPy, where Keras does not train, the model is only called.
"""

import pickle
import sys

import keras
import keras_api
import numpy as np
from cases import draw
from compare import Results


def main():
    # On JAX, Keras takes means in float32 even where all is float64, unless it is told not to.
    keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    cases, trials = map(int, sys.argv[1:3])
    run = train if keras.backend.backend() == "jax" else call
    found = {}
    for seed in range(cases):
        for dtype in ("float32", "float64"):
            keras.backend.clear_session(free_memory=False)
            keras.backend.set_floatx(dtype)
            for trial, results in enumerate(run(draw(seed), trials, dtype)):
                found[seed, trial, dtype] = results
    with open(sys.argv[3], "wb") as file:
        pickle.dump(found, file)


def call(case, trials, dtype):
    """Yield the outputs of each trial."""
    model = keras_api.build(keras, case, dtype, _activation)
    for trial in range(trials):
        model.set_weights(case.weights(trial, dtype))
        yield Results(forward=np.array(model(case.batches(trial, dtype)[0].x)))


def train(case, trials, dtype):
    """Yield the results of training in each trial, all with one compiled step."""
    model = keras_api.build(keras, case, dtype, _activation)
    keras_api.compile_model(keras, model, case, _recording)
    model.optimizer.build(model.trainable_variables)
    fresh = [np.array(variable) for variable in model.optimizer.variables]
    for trial in range(trials):
        for variable, value in zip(model.optimizer.variables, fresh, strict=True):
            variable.assign(value)
        yield keras_api.train(model, case, trial, dtype)


def _activation(layer):
    function = getattr(keras.activations, layer.activation)
    return lambda x: function(x, **layer.activation_options)


def _recording(optimizer):
    class Recording(optimizer):
        def build(self, variables):
            super().build(variables)
            self.recorded = [
                self.add_variable_from_reference(variable, "recorded") for variable in variables
            ]

        def apply(self, grads, trainable_variables=None):
            for recorded, gradient in zip(self.recorded, grads, strict=True):
                recorded.assign(gradient)
            super().apply(grads, trainable_variables)

    return Recording


if __name__ == "__main__":
    main()
