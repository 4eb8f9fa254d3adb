"""The course lab "Neurons and Layers", from its first cell to its last, without a framework.

A neuron without activation is linear regression; with a sigmoid it is logistic regression. Each
step prints what the lab prints, and checks that layer and formula agree.

    python examples/neurons_and_layers.py --save pictures
"""

import numpy as np

import tinyneuron as keras
from _pictures import make_pictures, parse_arguments
from tinyneuron.layers import Dense


def main():
    options = parse_arguments(__doc__)
    keras.utils.set_random_seed(options.seed)

    print("== A neuron without activation is linear regression ==\n")
    x_houses = np.array([[1.0], [2.0]], dtype=np.float32)  # size in 1000 square feet
    y_houses = np.array([[300.0], [500.0]], dtype=np.float32)  # price in 1000s of dollars

    linear_layer = Dense(units=1, activation="linear")
    print("Before the first call there are no weights, as nobody knows how many inputs there are:")
    print("linear_layer.get_weights() =", linear_layer.get_weights())

    a1 = linear_layer(x_houses[0].reshape(1, 1))
    print(
        "\nThe first call makes them. Its input is 2-D, one row of one feature; so is its output:"
    )
    print("a1 =", a1, " shape", a1.shape)

    w, b = linear_layer.get_weights()
    print("\nThe weight starts random, the bias at zero:")
    print(f"w = {w}, b = {b}")
    assert w.shape == (1, 1)
    assert b.shape == (1,)

    set_w, set_b = np.array([[200]]), np.array([100])
    linear_layer.set_weights([set_w, set_b])
    print("\nSet to known values:")
    print(linear_layer.get_weights())

    a1 = linear_layer(x_houses[0].reshape(1, 1))
    alin = np.dot(set_w, x_houses[0].reshape(1, 1)) + set_b
    print("\nThe layer, and the formula w x + b:")
    print(a1)
    print(alin)
    assert a1 == alin == 300

    prediction_layer = linear_layer(x_houses)
    prediction_numpy = np.dot(x_houses, set_w) + set_b
    assert np.array_equal(prediction_layer, prediction_numpy)
    print("\nThey produce the same values, for all the data too:")
    print("layer:", prediction_layer.ravel(), " formula:", prediction_numpy.ravel())

    print("\n== A neuron with a sigmoid is logistic regression ==\n")
    x_tumors = np.array([0.0, 1, 2, 3, 4, 5], dtype=np.float32).reshape(-1, 1)  # 2-D matrix
    y_tumors = np.array([0, 0, 0, 1, 1, 1], dtype=np.float32).reshape(-1, 1)
    print("Where y is 1, x is", x_tumors[y_tumors == 1])

    model = keras.Sequential([Dense(1, input_dim=1, activation="sigmoid", name="L1")])
    model.summary()

    logistic_layer = model.get_layer("L1")
    w, b = logistic_layer.get_weights()
    print("\nw =", w, " b =", b)
    print("shapes", w.shape, b.shape)

    set_w, set_b = np.array([[2]]), np.array([-4.5])
    logistic_layer.set_weights([set_w, set_b])
    print("\nSet to known values:")
    print(logistic_layer.get_weights())

    a1 = model.predict(x_tumors[0].reshape(1, 1))
    alog = sigmoid(np.dot(set_w, x_tumors[0].reshape(1, 1)) + set_b)
    print("\nThe model, and the formula 1 / (1 + e^-(w x + b)):")
    print(a1.round(2))
    print(alog.round(2))
    assert np.allclose(a1, alog)

    def predict_numpy(x):
        return sigmoid(np.dot(x, set_w) + set_b)

    assert np.allclose(model.predict(x_tumors), predict_numpy(x_tumors))
    print("\nThey produce the same values, for all the data too:")
    print("model:  ", model.predict(x_tumors).ravel().round(3))
    print("formula:", predict_numpy(x_tumors).ravel().round(3))

    predictions = prediction_layer, prediction_numpy
    models = model, predict_numpy
    make_pictures(options, draw, x_houses, y_houses, predictions, x_tumors, y_tumors, models)

    print("\nLook at: the pictures 2 and 4, whose two halves are the same.")
    print("Try next: set_w = [[4]] in the logistic neuron. Where does the decision move, and why?")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def draw(x_houses, y_houses, predictions, x_tumors, y_tumors, models):
    import matplotlib.pyplot as plt

    from tinyneuron import plotting

    names = ["layer", "NumPy"]

    data, ax = plt.subplots()
    plotting.plot_points(x_houses, y_houses, ax)
    ax.set(title="Two houses that were sold")

    linear, axes = plt.subplots(1, 2, figsize=(6.4, 3.8), sharey=True)
    for ax, prediction, name in zip(axes, predictions, names, strict=True):
        plotting.plot_regression(x_houses, y_houses, prediction, ax, label="y = 200 x + 100")
        ax.set(title=f"{name} prediction", ylabel="")
        ax.get_legend().remove()
    linear.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    for ax in [*data.axes, *axes]:
        ax.set(xlabel="size (1000 square feet)", xlim=(0.9, 2.1))
    for ax in [data.axes[0], axes[0]]:
        ax.set(ylabel="price (1000s of dollars)")

    tumors, ax = plt.subplots()
    plotting.plot_classes(x_tumors, y_tumors, ax, labels=["y = 0: benign", "y = 1: malignant"])
    ax.set(title="Tumors of two kinds", ylabel="y", yticks=[0, 1], ylim=(-0.1, 1.1))

    logistic, axes = plt.subplots(1, 2, figsize=(6.4, 3.8), sharey=True)
    for ax, model, name in zip(axes, models, names, strict=True):
        plotting.plot_decision(model, x_tumors, y_tumors, ax, colorbar=ax is axes[1])
        ax.set(title=f"{name} prediction")
        ax.get_legend().remove()
    axes[1].set(ylabel="")
    logistic.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    for ax in [*tumors.axes, *axes]:
        ax.set(xlabel="size of the tumor (cm)")

    return {
        "neurons_and_layers_1_houses": data,
        "neurons_and_layers_2_linear": linear,
        "neurons_and_layers_3_tumors": tumors,
        "neurons_and_layers_4_logistic": logistic,
    }


if __name__ == "__main__":
    main()
