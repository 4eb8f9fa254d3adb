"""House prices, with features brought to a common scale by hand."""

from keras import layers, models, regularizers
from keras.datasets import boston_housing

(train_data, train_targets), (test_data, test_targets) = boston_housing.load_data()

mean = train_data.mean(axis=0)
train_data -= mean
std = train_data.std(axis=0)
train_data /= std
test_data -= mean
test_data /= std

model = models.Sequential(
    [
        layers.Dense(
            16,
            activation="relu",
            kernel_regularizer=regularizers.l2(0.001),
            input_shape=(train_data.shape[1],),
        ),
        layers.Dense(
            16, activation="relu", kernel_regularizer=regularizers.l1_l2(l1=1e-4, l2=1e-4)
        ),
        layers.Dense(1),
    ]
)
model.compile(optimizer="rmsprop", loss="mse", metrics=["mae", "mape"])
history = model.fit(train_data, train_targets, epochs=8, batch_size=16, verbose=0)
test_mse, test_mae, test_mape = model.evaluate(test_data, test_targets)
print(f"MAE of {test_mae:.3f}")
predictions = model.predict(test_data)
print(predictions.shape)
