"""Build and train a case with Keras' names: the same code runs in Keras and in tinyneuron."""

import numpy as np
from compare import Results


def build(keras, case, dtype, activation_of):
    """Return the model of a case; `activation_of(layer)` makes an activation with options."""

    def regularizer(pair):
        return pair and keras.regularizers.L1L2(*pair)

    model = keras.Sequential([keras.Input((case.features,), dtype=dtype)])
    for layer in case.layers:
        model.add(
            keras.layers.Dense(
                layer.units,
                activation_of(layer) if layer.activation_options else layer.activation,
                use_bias=layer.use_bias,
                kernel_initializer="zeros",
                kernel_regularizer=regularizer(layer.kernel_regularizer),
                bias_regularizer=regularizer(layer.bias_regularizer),
                dtype=dtype,
            )
        )
    return model


def compile_model(keras, model, case, recording):
    """Compile with an optimizer of the class `recording(class)`, which keeps the gradients."""
    optimizer = recording(getattr(keras.optimizers, case.optimizer))
    model.compile(
        optimizer=optimizer(**case.optimizer_options),
        loss=getattr(keras.losses, case.loss)(**case.loss_options),
    )


def train(model, case, trial, dtype):
    """Take all steps from the weights of the trial."""
    model.set_weights(case.weights(trial, dtype))
    results = Results(steps=[])
    for batch in case.batches(trial, dtype):
        loss = model.train_on_batch(
            batch.x, batch.y, sample_weight=batch.sample_weight, class_weight=batch.class_weight
        )
        if not results.steps:
            results.loss = np.asarray(loss)
            results.gradient = [np.array(gradient) for gradient in model.optimizer.recorded]
        results.steps.append([np.array(weight) for weight in model.get_weights()])
    return results
