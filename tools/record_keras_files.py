"""Have Keras save small models, and what they predict and learn, into tests/data/keras.

pip install keras jax h5py
KERAS_BACKEND=jax python tools/record_keras_files.py
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers

OUT = Path(__file__).parents[1] / "tests" / "data" / "keras"
X = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")


def models():
    """Yield a name, a model, and how it is compiled, for all that both libraries offer."""
    yield "plain", [layers.Dense(3, "relu"), layers.Dense(1, "sigmoid")], ("adam", "bce", ["acc"])
    yield (
        "normalized",
        [normalization(), layers.Dense(3, "gelu", kernel_regularizer="l2"), layers.Dense(1)],
        (keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True), "mse", ["mae"]),
    )
    yield (
        "nested",
        [
            layers.Dense(6, "tanh", kernel_constraint="max_norm"),
            layers.Reshape((3, 2)),
            layers.Flatten(),
            keras.Sequential([layers.Dense(3, use_bias=False), layers.LeakyReLU(0.1)]),
            layers.Dense(1, "sigmoid"),
        ],
        (keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "mse", None),
    )
    yield (
        "scheduled",
        [layers.Rescaling(0.5, 0.1), layers.ELU(0.5), layers.Dense(1, "softplus")],
        (
            keras.optimizers.AdamW(
                keras.optimizers.schedules.CosineDecay(0.01, 50, warmup_target=0.1, warmup_steps=3)
            ),
            keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
            [keras.metrics.Precision(), "accuracy"],
        ),
    )
    yield "dropout", [layers.Dropout(0.3, seed=1), layers.ReLU(2.0), layers.Dense(2)], None
    yield "chain", None, None


def normalization():
    layer = layers.Normalization()
    layer.adapt(X)
    return layer


def main():
    OUT.mkdir(exist_ok=True)
    for name, parts, compiled in models():
        if name == "chain":
            inputs = keras.Input((4,))
            model = keras.Model(inputs, layers.Dense(1)(layers.Dense(3, "selu")(inputs)))
        else:
            model = keras.Sequential([keras.Input((4,)), *parts])
        losses = []
        if compiled:
            optimizer, loss, metrics = compiled
            model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
            model.fit(X, Y, verbose=0)
        model.save(OUT / f"{name}.keras")
        model.save(OUT / f"{name}.h5")
        model.save_weights(OUT / f"{name}.weights.h5")
        y = model.predict(X, verbose=0)
        if compiled:
            losses = [model.train_on_batch(X, Y, return_dict=True)["loss"] for _ in range(5)]
        np.savez(OUT / f"{name}.npz", x=X, y=y, targets=Y, losses=np.array(losses))
    image = keras.Input((4, 4, 1))
    keras.Model(image, layers.Conv2D(2, 3)(image)).save(OUT / "convolution.keras")
    inputs = keras.Input((4,))
    both = layers.Concatenate()([layers.Dense(2)(inputs), layers.Dense(3)(inputs)])
    keras.Model(inputs, both).save(OUT / "branches.keras")


if __name__ == "__main__":
    main()
