"""Which optimizer, activation and initializer? A grid search with scikit-learn.

Two half moons that lie in each other, a network of eight hidden units, and 27 ways to train it for
15 epochs. Each is judged by its accuracy on data that it was not trained on, in three folds.

    python examples/grid_search.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import extra, make_pictures, parse_arguments
from tinyneuron.layers import Dense

OPTIMIZERS = ["sgd", "rmsprop", "adam"]
ACTIVATIONS = ["sigmoid", "tanh", "relu"]
INITIALIZERS = ["random_normal", "glorot_uniform", "he_normal"]


def main():
    options = parse_arguments(__doc__)
    with extra("plot,sklearn"):
        from sklearn.model_selection import GridSearchCV

    x, y = moons(np.random.default_rng(options.seed), 300)

    def network(X, y, optimizer, activation, initializer):
        keras.utils.set_random_seed(options.seed)  # so that luck is the same for all
        model = keras.Sequential(
            [
                keras.Input(X.shape[1:]),
                Dense(8, activation, kernel_initializer=initializer),
                Dense(y.shape[1], activation="softmax"),
            ]
        )
        optimizer = {"class_name": optimizer, "config": {"learning_rate": 0.05}}
        model.compile(keras.optimizers.get(optimizer), "categorical_crossentropy")
        return model

    grid = [
        {"optimizer": optimizer, "activation": activation, "initializer": initializer}
        for initializer in INITIALIZERS
        for optimizer in OPTIMIZERS
        for activation in ACTIVATIONS
    ]
    estimator = keras.wrappers.SKLearnClassifier(network, fit_kwargs={"epochs": 15})
    search = GridSearchCV(estimator, {"model_kwargs": grid}, cv=3).fit(x, y)
    scores = search.cv_results_["mean_test_score"]

    print("accuracy   optimizer   activation   initializer")
    for i in np.argsort(-scores, kind="stable"):
        optimizer, activation, initializer = grid[i].values()
        print(f"{scores[i]:8.3f}   {optimizer:9}   {activation:10}   {initializer}")
    print(f"\nThe best: {search.best_params_['model_kwargs']}")
    make_pictures(options, draw, scores.reshape(3, 3, 3))

    print("\nLook at: sgd, which lags behind; random_normal, whose weights start too small.")
    print("Try next: epochs=100, and the differences shrink; another --seed, and the order moves.")


def moons(rng, number):
    """Return points on two half moons with noise, and 0 or 1."""
    y = np.arange(number) % 2
    angle = rng.uniform(0, np.pi, number)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x[y == 1] = [1, 0.5] - x[y == 1]
    return x + rng.normal(0, 0.15, x.shape), y


def draw(scores):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, sharey=True, figsize=(6.4, 3.6))
    for ax, initializer, values in zip(axes, INITIALIZERS, scores, strict=True):
        image = ax.imshow(values, keras.plotting.AMOUNT, vmin=0.5, vmax=1)
        ax.set(title=initializer, xticks=range(3), yticks=range(3))
        ax.set_xticklabels(ACTIVATIONS, rotation=45)
        ax.set_yticklabels(OPTIMIZERS)
        ax.grid(False)
        for (row, column), value in np.ndenumerate(values):
            ax.text(column, row, f"{value:.2f}", ha="center", va="center")
    figure.colorbar(image, ax=axes, label="accuracy", orientation="horizontal", shrink=0.5)
    return {"grid_search_1_accuracy": figure}


if __name__ == "__main__":
    main()
