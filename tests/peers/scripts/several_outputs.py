"""Two numbers for each row, rows of different weight, and a scaled target."""

import keras
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

rng = np.random.RandomState(1)
X = rng.normal(size=(100, 5))
Y = X @ rng.normal(size=(5, 2)) + 0.1 * rng.normal(size=(100, 2))
weights = rng.uniform(0.5, 2.0, size=100)


def get_model(n_inputs, n_outputs):
    model = Sequential()
    model.add(Dense(20, input_dim=n_inputs, kernel_initializer="he_uniform", activation="relu"))
    model.add(Dense(n_outputs, kernel_initializer="he_uniform"))
    model.compile(
        loss="mae",
        optimizer="adam",
        metrics=["mse", keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score()],
        weighted_metrics=["mse"],
    )
    return model


model = get_model(5, 2)
history = model.fit(
    X[:80],
    Y[:80],
    sample_weight=weights[:80],
    validation_data=(X[80:], Y[80:], weights[80:]),
    verbose=0,
    epochs=8,
    batch_size=16,
)
print(sorted(history.history))
result = model.evaluate(X[80:], Y[80:], sample_weight=weights[80:], return_dict=True, verbose=0)
row = [0.2, 0.3, 0.1, -0.2, 0.5]
yhat = model.predict(np.asarray([row]))
print("Predicted:", yhat[0])

huber = keras.Sequential([Dense(8, "elu"), Dense(2)])
huber.compile("nadam", keras.losses.Huber(delta=0.5), metrics=["cosine_similarity"])
huber_history = huber.fit(X, Y, epochs=3)
