"""Digits, with a list of layers and labels as numbers."""

import keras

mnist = keras.datasets.mnist
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0

model = keras.models.Sequential(
    [
        keras.Input(shape=(28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10),
    ]
)
predictions = model(x_train[:1])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
first_loss = float(loss_fn(y_train[:1], predictions))
model.compile(optimizer="adam", loss=loss_fn, metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=2)
results = model.evaluate(x_test, y_test, verbose=2)

probability_model = keras.Sequential([model, keras.layers.Softmax()])
probabilities = probability_model(x_test[:5])
same = probability_model.predict(x_test[:5])
