"""Digits, with the functional API, and the activations of a hidden layer."""

import keras
from keras import layers

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255

inputs = keras.Input(shape=(784,), name="digits")
dense = layers.Dense(24, activation="relu", name="dense_1")
x = dense(inputs)
x = layers.Dense(24, activation="relu", name="dense_2")(x)
outputs = layers.Dense(10, name="predictions")(x)
model = keras.Model(inputs=inputs, outputs=outputs, name="mnist_model")
model.summary()
print(model.name, inputs.shape, [layer.name for layer in model.layers])

model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.RMSprop(),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
history = model.fit(x_train, y_train, batch_size=64, epochs=2, validation_split=0.2)
test_scores = model.evaluate(x_test, y_test, verbose=2)
print("Test loss:", test_scores[0])
print("Test accuracy:", test_scores[1])

extractor = keras.Model(inputs=model.inputs, outputs=model.get_layer("dense_1").output)
features = extractor(x_test[:4])
model.save("my_model.keras")
del model
model = keras.models.load_model("my_model.keras")
predictions = model.predict(x_test)
