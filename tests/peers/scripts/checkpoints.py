"""Early stopping, checkpoints of the best, and going on from one."""

import os

import keras
import numpy as np
from keras.callbacks import CSVLogger, EarlyStopping, ModelCheckpoint

rng = np.random.RandomState(1)
x = rng.uniform(-1, 1, (120, 3))
y = np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.3 * rng.normal(size=120)


def create_model():
    model = keras.Sequential(
        [
            keras.layers.Dense(20, activation="relu", input_shape=(3,)),
            keras.layers.Dense(20, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse", metrics=["mae"])
    return model


os.makedirs("training", exist_ok=True)
best_path = "training/best.keras"
callbacks = [
    EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True),
    ModelCheckpoint(filepath=best_path, monitor="val_loss", save_best_only=True),
    ModelCheckpoint("training/cp-{epoch:02d}.weights.h5", save_weights_only=True),
    CSVLogger("training/log.csv"),
]
model = create_model()
history = model.fit(
    x, y, epochs=60, batch_size=16, validation_split=0.25, callbacks=callbacks, verbose=0
)
stopped = callbacks[0].stopped_epoch
print(len(history.history["loss"]), stopped, callbacks[0].best_epoch)
print(sorted(os.listdir("training"))[:3])
with open("training/log.csv") as file:
    print(file.readline().strip())

best = keras.models.load_model(best_path)
from_file, restored = best.predict(x), model.predict(x)
print(bool(np.allclose(from_file, restored, atol=1e-6)))

fresh = create_model()
fresh.load_weights("training/cp-02.weights.h5")
after_two = fresh.evaluate(x, y, verbose=0)
more = best.fit(x, y, epochs=3, verbose=0)
