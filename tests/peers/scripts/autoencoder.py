"""An autoencoder of digits, its encoder, and a decoder made of its last layer."""

import keras
import numpy as np
from keras import layers
from keras.datasets import mnist

encoding_dim = 8
input_img = keras.Input(shape=(784,))
encoded = layers.Dense(encoding_dim, activation="relu")(input_img)
decoded = layers.Dense(784, activation="sigmoid")(encoded)
autoencoder = keras.Model(input_img, decoded)

encoder = keras.Model(input_img, encoded)
encoded_input = keras.Input(shape=(encoding_dim,))
decoder_layer = autoencoder.layers[-1]
decoder = keras.Model(encoded_input, decoder_layer(encoded_input))

autoencoder.compile(optimizer="adam", loss="binary_crossentropy")

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train.astype("float32") / 255.0
x_test = x_test.astype("float32") / 255.0
x_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))[:300]
x_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))[:64]

history = autoencoder.fit(
    x_train, x_train, epochs=3, batch_size=64, validation_data=(x_test, x_test)
)
encoded_imgs = encoder.predict(x_test)
decoded_imgs = decoder.predict(encoded_imgs)
print(encoded_imgs.shape, decoded_imgs.shape)
whole = autoencoder.predict(x_test)
print(float(np.abs(whole - decoded_imgs).max()) < 1e-5)
print([layer.name for layer in autoencoder.layers][1:])
