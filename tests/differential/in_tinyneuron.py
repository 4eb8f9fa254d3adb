"""A case in tinyneuron."""

import keras_api
from compare import Results

import tinyneuron


def call(case, trial, dtype):
    """Return the outputs alone."""
    model = keras_api.build(tinyneuron, case, dtype, _activation)
    model.set_weights(case.weights(trial, dtype))
    return Results(forward=model(case.batches(trial, dtype)[0].x))


def train(case, trial, dtype):
    model = keras_api.build(tinyneuron, case, dtype, _activation)
    keras_api.compile_model(tinyneuron, model, case, _recording)
    results = keras_api.train(model, case, trial, dtype)
    results.forward = call(case, trial, dtype).forward
    return results


def _activation(layer):
    return type(getattr(tinyneuron.activations, layer.activation))(**layer.activation_options)


def _recording(optimizer):
    class Recording(optimizer):
        def step(self):
            self.recorded = [gradient.copy() for gradient in self.gradients]
            super().step()

    return Recording
