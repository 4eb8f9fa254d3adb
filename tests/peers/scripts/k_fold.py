"""Cross-validation over k parts, and the mean of the curves."""

import keras
import numpy as np
from keras import layers

(train_data, train_targets), _ = keras.datasets.california_housing.load_data(version="small")
train_data, train_targets = train_data[:120], train_targets[:120]


def build_model():
    model = keras.Sequential([layers.Dense(12, activation="relu"), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mean_squared_error", metrics=["mean_absolute_error"])
    return model


k = 3
num_val_samples = len(train_data) // k
all_scores = []
all_mae_histories = []
for i in range(k):
    val_data = train_data[i * num_val_samples : (i + 1) * num_val_samples]
    val_targets = train_targets[i * num_val_samples : (i + 1) * num_val_samples]
    rest = [part for j, part in enumerate(np.split(train_data, k)) if j != i]
    rest_targets = [part for j, part in enumerate(np.split(train_targets, k)) if j != i]
    model = build_model()
    history = model.fit(
        np.concatenate(rest, axis=0),
        np.concatenate(rest_targets, axis=0),
        validation_data=(val_data, val_targets),
        epochs=5,
        batch_size=16,
        verbose=0,
    )
    all_mae_histories.append(history.history["val_mean_absolute_error"])
    val_mse, val_mae = model.evaluate(val_data, val_targets, verbose=0)
    all_scores.append(val_mae)
average_mae_history = [np.mean([x[i] for x in all_mae_histories]) for i in range(5)]
print(np.mean(all_scores), "+/-", np.std(all_scores))
print(1 + int(np.argmin(average_mae_history)))
