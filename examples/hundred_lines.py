"""The whole idea in a hundred lines of NumPy; docs/hundred_lines.md walks through them.

python examples/hundred_lines.py
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


SLOPES = {sigmoid: lambda a: a * (1 - a), relu: lambda a: a > 0}  # g'(z), from a = g(z)


class Layer:
    """Computes outputs from inputs, and takes a gradient the same way back."""

    weights, gradients = (), ()

    def forward(self, x):
        raise NotImplementedError

    def backward(self, by_a):
        raise NotImplementedError


class Dense(Layer):
    """a = g(x W + b)."""

    def __init__(self, inputs, units, activation, rng):
        limit = np.sqrt(6 / (inputs + units))
        self.weights = [rng.uniform(-limit, limit, (inputs, units)), np.zeros(units)]
        self.activation = activation

    def forward(self, x):
        W, b = self.weights
        self.x, self.a = x, self.activation(x @ W + b)
        return self.a

    def backward(self, by_a):
        by_z = by_a * SLOPES[self.activation](self.a)
        self.gradients = [self.x.T @ by_z, by_z.sum(axis=0)]
        return by_z @ self.weights[0].T


def binary_crossentropy(y, a):
    """Return the loss, and its gradient by a."""
    loss = -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))
    return loss, (a - y) / (a * (1 - a)) / y.size


class Adam:
    """Steps of about the learning rate for each weight, whatever the size of its gradient."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.rate, self.betas, self.epsilon = learning_rate, (beta_1, beta_2), epsilon
        self.t, self.m, self.v = 0, None, None

    def step(self, weights, gradients):
        if self.t == 0:
            self.m, self.v = ([np.zeros_like(w) for w in weights] for _ in range(2))
        self.t += 1
        (b1, b2), t = self.betas, self.t
        rate = self.rate * np.sqrt(1 - b2**t) / (1 - b1**t)
        for w, g, m, v in zip(weights, gradients, self.m, self.v, strict=True):
            m += (1 - b1) * (g - m)
            v += (1 - b2) * (g**2 - v)
            w -= rate * m / (np.sqrt(v) + self.epsilon)


class Sequential(Layer):
    """Layers, each called on what the one before returned."""

    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, by_a):
        for layer in reversed(self.layers):
            by_a = layer.backward(by_a)
        return by_a

    predict = forward

    def fit(self, x, y, optimizer, epochs, batch_size=32, rng=None):
        """Train; return the loss of each epoch. With a generator the rows are shuffled."""
        losses = []
        for _ in range(epochs):
            order = np.arange(len(x)) if rng is None else rng.permutation(len(x))
            total = 0.0
            for start in range(0, len(x), batch_size):
                rows = order[start : start + batch_size]
                loss, by_a = binary_crossentropy(y[rows], self.forward(x[rows]))
                self.backward(by_a)
                weights = [w for layer in self.layers for w in layer.weights]
                optimizer.step(weights, [g for layer in self.layers for g in layer.gradients])
                total += loss * len(rows)
            losses.append(total / len(x))
        return losses


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    x = rng.uniform(-2, 2, (400, 2))
    y = (np.hypot(*x.T) < 1.2).astype(float)[:, np.newaxis]  # 1 inside a circle
    model = Sequential([Dense(2, 8, relu, rng), Dense(8, 1, sigmoid, rng)])
    losses = model.fit(x, y, Adam(0.02), epochs=60, rng=rng)
    right = np.mean((model.predict(x) > 0.5) == y)
    print(f"loss {losses[0]:.3f} at first, {losses[-1]:.3f} at last; {right:.1%} are right")
