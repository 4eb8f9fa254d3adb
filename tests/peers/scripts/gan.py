"""Two networks against each other: the discriminator is frozen in the combined one."""

import numpy as np
from keras.layers import Dense, Input, LeakyReLU
from keras.models import Model, Sequential
from keras.optimizers import Adam

latent_dim = 5
rng = np.random.default_rng(0)


def build_generator():
    model = Sequential(name="generator")
    model.add(Dense(16, input_dim=latent_dim))
    model.add(LeakyReLU(negative_slope=0.2))
    model.add(Dense(2, activation="tanh"))
    noise = Input(shape=(latent_dim,))
    return Model(noise, model(noise))


def build_discriminator():
    model = Sequential(name="discriminator")
    model.add(Input(shape=(2,)))
    model.add(Dense(16))
    model.add(LeakyReLU(0.2))
    model.add(Dense(1, activation="sigmoid"))
    img = Input(shape=(2,))
    return Model(img, model(img))


discriminator = build_discriminator()
discriminator.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5), metrics=["accuracy"])
generator = build_generator()
z = Input(shape=(latent_dim,))
img = generator(z)
discriminator.trainable = False
validity = discriminator(img)
combined = Model(z, validity)
combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))

batch_size = 16
valid = np.ones((batch_size, 1))
fake = np.zeros((batch_size, 1))
combined_losses = []
for epoch in range(8):
    angle = rng.uniform(0, 2 * np.pi, batch_size)
    real = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    noise = rng.normal(0, 1, (batch_size, latent_dim))
    gen_imgs = generator.predict(noise, verbose=0)
    discriminator.train_on_batch(real, valid)
    discriminator.train_on_batch(gen_imgs, fake)
    combined_losses.append(combined.train_on_batch(noise, valid))
pictures = generator.predict(rng.normal(0, 1, (4, latent_dim)))
judgement = discriminator.predict(pictures)
print(len(combined.trainable_weights), len(discriminator.weights))
