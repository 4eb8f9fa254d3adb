"""Miles per gallon: a Normalization that is adapted, one feature, then all."""

import keras
import numpy as np
from keras import layers

table = np.genfromtxt("auto-mpg.csv", delimiter=",", names=True)
columns = [name for name in table.dtype.names if name != "MPG"]
features = np.stack([table[name] for name in columns], axis=1)
labels = table["MPG"]
train_features, test_features = features[:90], features[90:]
train_labels, test_labels = labels[:90], labels[90:]

normalizer = layers.Normalization(axis=-1)
normalizer.adapt(train_features)
print(normalizer(train_features[:1]))

test_results = {}
horsepower = train_features[:, columns.index("Horsepower")]
horsepower_normalizer = layers.Normalization(input_shape=[1], axis=None)
horsepower_normalizer.adapt(horsepower)
horsepower_model = keras.Sequential([horsepower_normalizer, layers.Dense(units=1)])
horsepower_model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.1), loss="mean_absolute_error"
)
history = horsepower_model.fit(horsepower, train_labels, epochs=10, verbose=0, validation_split=0.2)
test_results["horsepower_model"] = horsepower_model.evaluate(
    test_features[:, columns.index("Horsepower")], test_labels, verbose=0
)


def build_and_compile_model(norm):
    model = keras.Sequential(
        [
            norm,
            layers.Dense(16, activation="relu"),
            layers.Dense(16, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(loss="mean_absolute_error", optimizer=keras.optimizers.Adam(0.001))
    return model


dnn_model = build_and_compile_model(normalizer)
dnn_history = dnn_model.fit(
    train_features, train_labels, validation_split=0.2, verbose=0, epochs=10
)
test_results["dnn_model"] = dnn_model.evaluate(test_features, test_labels, verbose=0)
dnn_model.save("dnn_model.keras")
reloaded = keras.models.load_model("dnn_model.keras")
test_results["reloaded"] = reloaded.evaluate(test_features, test_labels, verbose=0)
test_predictions = dnn_model.predict(test_features).flatten()
error = test_predictions - test_labels
