"""Diabetes of the Pima, from a CSV file: a first network."""

from keras.layers import Dense
from keras.models import Sequential
from numpy import loadtxt

dataset = loadtxt("pima-indians-diabetes.csv", delimiter=",")
X = dataset[:, 0:8]
y = dataset[:, 8]

model = Sequential()
model.add(Dense(12, input_shape=(8,), activation="relu"))
model.add(Dense(8, activation="relu"))
model.add(Dense(1, activation="sigmoid"))

model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(X, y, validation_split=0.33, epochs=12, batch_size=10)

_, accuracy = model.evaluate(X, y)
print("Accuracy: %.2f" % (accuracy * 100))

predictions = (model.predict(X) > 0.5).astype(int)
for i in range(5):
    print("%s => %d (expected %d)" % (X[i].tolist(), predictions[i, 0], y[i]))
