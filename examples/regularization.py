"""Too simple, right, too flexible: the error on new data against model size and against lambda.

A model that is too small misses the curve (it underfits); one that is too large draws the noise
(it overfits). The error on the training data does not tell: it only falls. The error on other data
does, and L2 regularization lets a large model be used all the same.

    python examples/regularization.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.initializers import RandomNormal
from tinyneuron.layers import Dense
from tinyneuron.regularizers import L2

NOISE = 0.35  # its square, 0.12, is the least error that any model can hope for on new data
DEGREES = range(1, 13)
LAMBDAS = [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1]


def main():
    options = parse_arguments(__doc__, seed=2)
    rng = np.random.default_rng(options.seed)
    train, validation = make_data(rng, 24), make_data(rng, 500)

    print("== One neuron on x, x^2 ... x^degree: the size is the degree ==\n")
    print("degree   train   validation")
    by_degree = {}
    for degree in DEGREES:
        model, errors = fit_polynomial(degree, train, validation, options.seed)
        by_degree[degree] = model, errors
        print(f"{degree:6} {errors[0]:7.3f} {errors[1]:12.3f}")
        if degree <= 6:  # what training finds is what linear algebra finds
            exact = least_squares_error(degree, *train)
            assert np.isclose(errors[0], exact, rtol=0.05), (errors[0], exact)
    best_degree = check("degree", by_degree)

    print("\n== A network of 64 hidden units, with the penalty lambda * sum W^2 ==\n")
    print("lambda   train   validation")
    by_lambda = {}
    for strength in LAMBDAS:
        model, errors = fit_network(strength, train, validation, options.seed)
        by_lambda[strength] = model, errors
        print(f"{strength:6g} {errors[0]:7.3f} {errors[1]:12.3f}")
    best_lambda = check("lambda", by_lambda)

    make_pictures(options, draw, train, by_degree, by_lambda, best_degree, best_lambda)

    print("\nLook at: where the two errors part. From there on, the error in training misleads.")
    print("Try next: other seeds, so other data: the best degree and lambda move, the shape of the")
    print("curves stays. Then make_data(rng, 240) to train: what becomes of degree 12?")


def curve(x):
    return np.sin(3 * x) + 0.5 * x


def make_data(rng, number):
    x = rng.uniform(-2, 2, size=(number, 1))
    return x, curve(x) + NOISE * rng.normal(size=(number, 1))


def polynomials(x, degree):
    """Return polynomials of x up to the degree, Legendre's rather than the powers.

    They are sums of the same powers, so that the neuron can learn the same curves. But powers of x
    look much alike, and with features that do gradient descent takes very long.
    """
    return np.polynomial.legendre.legvander(x[:, 0] / 2, degree)[:, 1:]


def fit_polynomial(degree, train, validation, seed):
    """Return the fitted function of x, and its errors on both data."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((degree,)), Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    model.fit(polynomials(train[0], degree), train[1], batch_size=24, epochs=600, verbose=0)

    def predict(x):
        return model.predict(polynomials(x, degree))

    return predict, (error(predict, *train), error(predict, *validation))


def fit_network(strength, train, validation, seed):
    """Return the fitted function of x, and its errors on both data."""
    keras.utils.set_random_seed(seed)
    # Steep units, so that the network can follow single points. One initializer object draws the
    # same numbers each time, and weights and biases are to differ: two of them.
    steep, scattered = RandomNormal(stddev=2.0), RandomNormal(stddev=2.0)
    model = keras.Sequential(
        [
            keras.Input((1,)),
            Dense(
                64,
                activation="tanh",
                kernel_initializer=steep,
                bias_initializer=scattered,
                kernel_regularizer=L2(strength),
            ),
            Dense(1, kernel_regularizer=L2(strength)),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    model.fit(*train, batch_size=24, epochs=1000, verbose=0)
    return model.predict, (error(model.predict, *train), error(model.predict, *validation))


def error(predict, x, y):
    """Return the mean squared error, without the penalty that the training's loss includes."""
    return np.mean((predict(x) - y) ** 2)


def least_squares_error(degree, x, y):
    features = np.hstack([np.ones_like(x), polynomials(x, degree)])
    weights = np.linalg.lstsq(features, y, rcond=None)[0]
    return np.mean((features @ weights - y) ** 2)


def check(name, results):
    """Check that both ends are worse than the best on new data, and return the best."""
    on_train = {key: errors[0] for key, (_, errors) in results.items()}
    on_new = {key: errors[1] for key, (_, errors) in results.items()}
    best, (first, *_, last) = min(on_new, key=on_new.get), on_new
    print(f"On the validation data, {name} {best:g} is best.")
    assert on_new[best] < on_new[first]
    assert on_new[best] < on_new[last]
    # the most flexible model, the largest or the unregularized, has the least error in training
    flexible = min(on_train, key=on_train.get)
    assert on_train[flexible] < on_train[best]
    return best


def draw(train, by_degree, by_lambda, best_degree, best_lambda):
    import matplotlib.pyplot as plt

    size, ax = plt.subplots()
    plot_errors(ax, list(by_degree), by_degree)
    ax.set(title="Model size", xlabel="degree of the polynomial", xticks=list(DEGREES))

    strength, ax = plt.subplots()
    plot_errors(ax, range(len(LAMBDAS)), by_lambda)
    ax.set_xticks(
        range(len(LAMBDAS)),
        [f"{value:.0e}".replace("e-0", "e-").replace("0e+00", "0") for value in LAMBDAS],
    )
    ax.set(title="Regularization of a network of 64 units", xlabel="lambda")

    fits, axes = plt.subplots(2, 3, figsize=(6.4, 6), sharex=True, sharey=True)
    low, high = DEGREES[0], DEGREES[-1]
    draw_fit(axes[0, 0], train, by_degree[low][0], f"degree {low}: underfits")
    draw_fit(axes[0, 1], train, by_degree[best_degree][0], f"degree {best_degree}: right")
    draw_fit(axes[0, 2], train, by_degree[high][0], f"degree {high}: overfits")
    draw_fit(axes[1, 0], train, by_lambda[LAMBDAS[-1]][0], f"lambda {LAMBDAS[-1]:g}: underfits")
    draw_fit(axes[1, 1], train, by_lambda[best_lambda][0], f"lambda {best_lambda:g}: right")
    draw_fit(axes[1, 2], train, by_lambda[0][0], "lambda 0: overfits")
    axes[0, 0].set(ylabel="polynomial", ylim=(-3, 3))
    axes[1, 0].set(ylabel="network of 64 units")
    for ax in axes[1]:
        ax.set(xlabel="x")
    fits.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)

    return {
        "regularization_1_size": size,
        "regularization_2_lambda": strength,
        "regularization_3_fits": fits,
    }


def plot_errors(ax, places, results):
    train, validation = zip(*(errors for _, errors in results.values()), strict=True)
    ax.plot(places, train, "o-", color="C0", label="train")
    ax.plot(places, validation, "s--", color="C0", mfc="white", label="validation")
    ax.axhline(NOISE**2, color="0.25", linestyle=":", linewidth=1.5, label="noise alone")
    ax.set(yscale="log", ylabel="mean squared error")
    low, high = ax.get_ylim()
    ticks = [tick for tick in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5) if low < tick < high]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.figure.legend(loc="outside lower center", ncols=3)


def draw_fit(ax, train, predict, title):
    x = np.linspace(-2, 2, 401).reshape(-1, 1)
    ax.plot(*train, "o", color="black", markersize=4, label="training data", zorder=3)
    ax.plot(x, curve(x), ":", color="0.5", label="without noise")
    ax.plot(x, predict(x), label="model")
    ax.set_title(title, fontsize=10)


if __name__ == "__main__":
    main()
