"""Digits, layer by layer with add(), and one-hot labels."""

from keras.datasets import mnist
from keras.initializers import RandomNormal
from keras.layers import Activation, Dense
from keras.models import Sequential, model_from_json
from keras.optimizers import SGD
from keras.utils import to_categorical

batch_size, num_classes, epochs = 128, 10, 3

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 784)
x_test = x_test.reshape(-1, 784)
x_train = x_train.astype("float32")
x_test = x_test.astype("float32")
x_train /= 255
x_test /= 255
print(x_train.shape[0], "train samples")
y_train = to_categorical(y_train, num_classes)
y_test = to_categorical(y_test, num_classes)

model = Sequential()
model.add(Dense(24, input_shape=(784,), kernel_initializer=RandomNormal(stddev=0.05)))
model.add(Activation("relu"))
model.add(Dense(24, kernel_initializer="he_normal"))
model.add(Activation("relu"))
model.add(Dense(num_classes))
model.add(Activation("softmax"))
model.compile(
    loss="categorical_crossentropy",
    optimizer=SGD(learning_rate=0.05, momentum=0.9, nesterov=True),
    metrics=["accuracy"],
)
history = model.fit(
    x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=1, validation_split=0.2
)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test score:", score[0])
print("Test accuracy:", score[1])

json_string = model.to_json()
model.save_weights("my_model.weights.h5")
again = model_from_json(json_string)
again.load_weights("my_model.weights.h5")
predictions = again.predict(x_test)
