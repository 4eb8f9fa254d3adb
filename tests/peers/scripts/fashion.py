"""Clothes, with validation by data, and the class of one picture."""

import keras
import numpy as np

fashion_mnist = keras.datasets.fashion_mnist
(train_images, train_labels), (test_images, test_labels) = fashion_mnist.load_data()
class_names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker"]
train_images, train_labels = train_images[:400] / 255.0, train_labels[:400]
test_images, test_labels = test_images[:64] / 255.0, test_labels[:64]

model = keras.Sequential(
    [
        keras.layers.Flatten(input_shape=(28, 28)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    train_images, train_labels, epochs=3, validation_data=(test_images, test_labels)
)
img = np.expand_dims(test_images[1], 0)
single = model.predict(img)
print(img.shape, np.argmax(single[0]), history.params["epochs"], history.epoch)
weights, biases = model.layers[1].get_weights()
