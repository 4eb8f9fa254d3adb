"""Three kinds of iris, whose names become one-hot rows."""

import csv

import keras
import numpy as np
from keras import layers

with open("iris.csv") as file:
    rows = list(csv.reader(file))
X = np.array([row[:4] for row in rows], dtype=float)
names = sorted({row[4] for row in rows})
encoded = np.array([names.index(row[4]) for row in rows])
dummy_y = keras.utils.to_categorical(encoded, num_classes=len(names))

order = np.random.RandomState(7).permutation(len(X))
train, test = order[:120], order[120:]


def baseline_model():
    model = keras.Sequential(name="baseline")
    model.add(layers.Dense(8, input_dim=4, activation="relu", name="hidden"))
    model.add(layers.Dense(3, activation="softmax", name="classes"))
    model.compile(
        loss="categorical_crossentropy",
        optimizer=keras.optimizers.Adam(0.01),
        metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(k=2)],
    )
    return model


model = baseline_model()
model.summary()
history = model.fit(
    X[train], dummy_y[train], validation_data=(X[test], dummy_y[test]), epochs=10, batch_size=5
)
scores = model.evaluate(X[test], dummy_y[test], return_dict=True)
print(sorted(scores), model.input_shape, model.output_shape)
probabilities = model.predict(X[test])
print([names[i] for i in probabilities.argmax(axis=-1)])
shapes = [weight.shape for weight in model.get_weights()]
print(model.get_layer("hidden").get_weights()[0].shape, model.count_params())
