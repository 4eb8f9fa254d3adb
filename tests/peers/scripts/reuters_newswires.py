"""Topics of newswires: labels as numbers, and one-hot."""

import keras
import numpy as np
from keras import layers
from keras.datasets import reuters
from keras.utils import to_categorical

(train_data, train_labels), (test_data, test_labels) = reuters.load_data(num_words=200)


def multi_hot(sequences, dimension=200):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        for j in sequence:
            results[i, j] = 1.0
    return results


x_train, x_test = multi_hot(train_data), multi_hot(test_data)


def build(loss):
    model = keras.Sequential(
        [
            layers.Dense(24, activation="relu"),
            layers.Dense(24, activation="relu"),
            layers.Dense(46, activation="softmax"),
        ]
    )
    model.compile(optimizer="rmsprop", loss=loss, metrics=["accuracy"])
    return model


one_hot = build("categorical_crossentropy")
history = one_hot.fit(
    x_train, to_categorical(train_labels, 46), epochs=4, batch_size=16, validation_split=0.2
)
numbers = build("sparse_categorical_crossentropy")
numbers_history = numbers.fit(x_train, train_labels, epochs=4, batch_size=16, validation_split=0.2)
results = numbers.evaluate(x_test, test_labels)
predictions = one_hot.predict(x_test)
print(predictions[0].shape, round(float(np.sum(predictions[0])), 4))
labels = np.argmax(predictions, axis=1)
