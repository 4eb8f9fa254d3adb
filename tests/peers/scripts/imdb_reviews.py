"""Reviews as rows of zeros and ones: good or bad?"""

import numpy as np
from keras import layers, models, optimizers
from keras.datasets import imdb

(train_data, train_labels), (test_data, test_labels) = imdb.load_data(num_words=250)

word_index = imdb.get_word_index()
reverse_word_index = dict([(value, key) for (key, value) in word_index.items()])
decoded_review = " ".join([reverse_word_index.get(i - 3, "?") for i in train_data[0]])
print(decoded_review)


def vectorize_sequences(sequences, dimension=250):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.0
    return results


x_train = vectorize_sequences(train_data)
x_test = vectorize_sequences(test_data)
y_train = np.asarray(train_labels).astype("float32")
y_test = np.asarray(test_labels).astype("float32")

model = models.Sequential()
model.add(layers.Dense(16, activation="relu", input_shape=(250,)))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(
    optimizer=optimizers.RMSprop(learning_rate=0.001),
    loss="binary_crossentropy",
    metrics=["binary_accuracy"],
)
x_val, partial_x_train = x_train[:10], x_train[10:]
y_val, partial_y_train = y_train[:10], y_train[10:]
history = model.fit(
    partial_x_train, partial_y_train, epochs=5, batch_size=8, validation_data=(x_val, y_val)
)
history_dict = history.history
print(sorted(history_dict.keys()))
results = model.evaluate(x_test, y_test)
probabilities = model.predict(x_test)
