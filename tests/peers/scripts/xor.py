"""A network learns XOR."""

import numpy as np
from keras.layers import Activation, Dense
from keras.models import Sequential
from keras.optimizers import SGD

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])

model = Sequential()
model.add(Dense(8, input_dim=2))
model.add(Activation("tanh"))
model.add(Dense(1))
model.add(Activation("sigmoid"))

model.compile(loss="binary_crossentropy", optimizer=SGD(learning_rate=0.1), metrics=["acc"])
history = model.fit(X, y, batch_size=1, epochs=40, verbose=0)
probabilities = model.predict(X)
print(probabilities)
print((probabilities > 0.5).astype(int).ravel())
