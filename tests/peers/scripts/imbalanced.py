"""Frauds are rare: an output bias, and a weight for each class."""

import keras
import numpy as np

rng = np.random.RandomState(3)
features = rng.normal(size=(200, 6)).astype("float32")
targets = (features[:, 0] + features[:, 1] > 2).astype("uint8").reshape(-1, 1)
counts = np.bincount(targets[:, 0])
print(f"Number of positive samples in training data: {counts[1]}")
weight_for_0 = 1.0 / counts[0]
weight_for_1 = 1.0 / counts[1]

METRICS = [
    keras.metrics.BinaryAccuracy(name="accuracy"),
    keras.metrics.Precision(name="precision"),
    keras.metrics.Recall(name="recall"),
    keras.metrics.MeanSquaredError(name="Brier score"),
]


def make_model(output_bias=None):
    if output_bias is not None:
        output_bias = keras.initializers.Constant(output_bias)
    model = keras.Sequential(
        [
            keras.layers.Dense(16, activation="relu", input_shape=(features.shape[-1],)),
            keras.layers.Dense(1, activation="sigmoid", bias_initializer=output_bias),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=METRICS,
    )
    return model


model = make_model(output_bias=np.log([counts[1] / counts[0]]))
before = model.evaluate(features, targets, return_dict=True)
history = model.fit(
    features,
    targets,
    batch_size=64,
    epochs=6,
    validation_split=0.2,
    class_weight={0: weight_for_0, 1: weight_for_1},
)
after = model.evaluate(features, targets, return_dict=True)
print(sorted(history.history))
scores = model.predict(features)
