"""Layer: a name, weights that are built on the first call, and `call`, which computes."""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from tinyneuron import constraints, initializers, regularizers
from tinyneuron._common import settings
from tinyneuron._common.arguments import as_list, flag, shown, text
from tinyneuron._common.arrays import (
    Array,
    Shape,
    as_batch_shape,
    as_floats,
    as_numbers,
    as_shape,
    as_sizes,
)
from tinyneuron._common.configuration import arguments_of, serialize
from tinyneuron._common.names import unique_name
from tinyneuron.layers.weights import to_be_loaded

if TYPE_CHECKING:
    from tinyneuron.explanation import Explanation

_building = threading.RLock()  # one layer is built at a time, and only once


class Weight(NamedTuple):
    """An array of a layer, with what training must know of it."""

    value: Array
    name: str
    trainable: bool
    regularizer: Any
    constraint: Any


class KerasTensor(NamedTuple):
    """A shape and dtype that stand for arrays to come; ``None`` is the size of the batch."""

    shape: Shape
    dtype: str
    name: str


_training: ContextVar[bool] = ContextVar("training", default=False)


@contextlib.contextmanager
def all_or_nothing(layers: Iterable[Layer]) -> Iterator[None]:
    """Put the layers back as they were if building them fails."""
    before = [(layer, vars(layer).copy(), len(layer._weights)) for layer in layers]
    try:
        yield
    except BaseException:
        for layer, attributes, number_of_weights in before:
            vars(layer).clear()
            vars(layer).update(attributes)
            del layer._weights[number_of_weights:]
        raise


def _build_once(build: Callable[..., None]) -> Callable[..., None]:
    """Make `build` run once, from any thread, and leave nothing behind if it fails."""

    @functools.wraps(build)
    def build_once(self: Layer, input_shape: Any) -> None:
        with _building:
            if self._being_built:  # super().build(...)
                return build(self, input_shape)
            shape = as_shape(input_shape)
            if self.built:
                if self._input_shape is not None and shape[1:] != self._input_shape[1:]:
                    raise ValueError(
                        f"{type(self).__name__} {self.name!r} is already built for inputs of shape "
                        f"{self._input_shape}, and cannot be built again for {shape}."
                    )
                return None
            with all_or_nothing(self._family()):
                self._being_built = True
                build(self, shape)
                self._input_shape = (None, *shape[1:])
                self._being_built = False
                self.built = True

    return build_once


class Layer:
    """Base of all layers.

    A subclass makes its weights in `build` with `add_weight`, and computes with them in `call`.
    That much predicts, saves and summarises; `backward` makes it trainable, and
    `utils.check_gradients` says whether it is right.

    Parameters
    ----------
    activity_regularizer : regularizer, optional
        A penalty on the layer's outputs, for training.
    trainable : bool
        Whether training changes the weights.
    dtype : {"float32", "float64"}, optional
        What the layer computes in; ``config.floatx()`` by default.
    name : str, optional
        The class name in snake case, numbered, by default.

    Examples
    --------
    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.scale
    ...     def backward(self, gradient, entry, gradients):
    ...         inputs, outputs = entry
    ...         gradients[0][...] = (gradient * inputs).sum(axis=0)
    ...         return gradient * self.scale
    >>> layer = Scale(name="my_scale")
    >>> layer
    <Scale name=my_scale, built=False>
    >>> layer([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    >>> layer.get_weights()
    [array([1., 1.], dtype=float32)]
    """

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        match dtype:
            case {"config": {"name": policy}}:  # as Keras writes it to configurations
                dtype = policy
        if kwargs.get("input_dim") is not None:
            kwargs["input_shape"] = (kwargs["input_dim"],)
        input_shape = kwargs.pop("input_shape", None)
        kwargs.pop("input_dim", None)
        if kwargs:
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}"
            )
        if name is not None and "/" in text("name", name):
            raise ValueError(f"name must not contain '/', got {shown(name)}.")
        self.name = name or unique_name(type(self).__name__)
        self.trainable = trainable
        self.built = False
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._dtype = settings.float_dtype(dtype)
        self._weights: list[Weight] = []
        # Given, it lets a Sequential that starts with this layer build it at once.
        self._input_shape: Any = None
        if input_shape is not None:
            self._input_shape = (None, *as_shape(input_shape))

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        layer = super().__new__(cls)
        # The user's own arguments, for `get_config`.
        object.__setattr__(layer, "_made_with", (args, kwargs))
        return layer

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):  # a user's `build` need not lock, nor set `built`
            cls.build = _build_once(cls.build)  # type: ignore[method-assign]
        code = cls.call.__code__
        arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        cls._takes_training = "training" in arguments

    # What a subclass defines ----------------------------------------------------------------

    _takes_training = False  # whether `call` has an argument `training`
    _being_built = False

    @_build_once
    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs of `input_shape`, whose first entry is the batch's size."""
        if not input_shape:
            raise ValueError(
                f"Layer {self.name!r} needs inputs with an axis for the samples, got one number."
            )

    def call(self, inputs: Array) -> Array:
        """Compute the outputs, from inputs of the layer's dtype."""
        raise NotImplementedError(f"{type(self).__name__} must define call(inputs).")

    def backward(self, gradient: Array, entry: Any, gradients: list[Array]) -> Array:
        """Go back through the layer, by the chain rule: the one method that training adds.

        Parameters
        ----------
        gradient : ndarray
            dL/d(outputs), the layer's to overwrite.
        entry : tuple
            What `forward` put on the tape: by default ``(inputs, outputs)``.
        gradients : list of ndarray
            One array for each trainable weight, in its shape, to write dL/d(weight) into.

        Returns
        -------
        ndarray
            dL/d(inputs).
        """
        raise NotImplementedError(
            f"Layer {self.name!r} cannot be trained: {type(self).__name__} must define "
            "backward(gradient, entry, gradients)."
        )

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        """Compute the outputs while training, and what `backward` will need: the tape's entry."""
        outputs = self._call_in_training(inputs)
        return outputs, (inputs, outputs)

    def weight_gradients(self, gradient: Array, entry: Any, gradients: list[Array]) -> None:
        """Do what `backward` does where nobody needs dL/d(inputs), as before the first layer."""
        self.backward(gradient, entry, gradients)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs; by default, of what `call` makes of one row of zeros."""
        input_shape = as_batch_shape(input_shape)
        self.build(input_shape)
        sizes = (1 if size is None else size for size in input_shape[1:])
        row = np.zeros([1, *sizes], self._dtype)
        return (input_shape[0], *self.call(row).shape[1:])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs to make this layer again, unbuilt."""
        policy = {"module": "keras", "class_name": "DTypePolicy", "registered_name": None}
        own = {"name": self.name, "trainable": self.trainable}
        if type(self).get_config is Layer.get_config:  # as in Keras, a user's need not define one
            own |= {name: value for name, value in self._arguments().items() if name not in own}
        own["dtype"] = policy | {"config": {"name": self.dtype}}
        if self.activity_regularizer is not None:
            own["activity_regularizer"] = serialize(self.activity_regularizer)
        return own

    def _arguments(self) -> dict[str, Any]:
        """Return what the layer was made with, by name."""
        args, kwargs = self._made_with
        signature = inspect.signature(type(self).__init__)
        given = signature.bind(self, *args, **kwargs).arguments
        return {
            name: given[name]
            for name, parameter in list(signature.parameters.items())[1:]
            if name in given and parameter.kind is not parameter.VAR_KEYWORD
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a layer from what `get_config` returned."""
        return cls(**arguments_of(cls, config))

    # Calling --------------------------------------------------------------------------------

    def __call__(self, inputs: Any, *, training: bool | None = None, **kwargs: Any) -> Array:
        """Build the weights if this is the first call, then compute the outputs.

        With ``training=True``, layers such as `Dropout` do what they do while training.
        """
        if isinstance(inputs, KerasTensor):
            raise TypeError(
                f"{self.name!r} was called on the symbolic input {inputs.name!r}: tinyneuron has "
                "no functional models. Chain the layers with Sequential([Input(...), ...])."
            )
        training = _training.get() if training is None else flag("training", training)
        inputs = self._as_inputs(inputs)
        if not self.built:
            self.build(inputs.shape)
        inputs = self._checked(inputs)
        call = self._call_in_training if training else self.call
        return call(inputs, **kwargs)

    def _call_in_training(self, inputs: Array, **kwargs: Any) -> Array:
        if self._takes_training:
            kwargs["training"] = True
        token = _training.set(True)  # for the layers that `call` calls
        try:
            return self.call(inputs, **kwargs)
        finally:
            _training.reset(token)

    def explain(self, x: Any, y: Any = None, **options: Any) -> Explanation:
        """Write out what the layer computes for a row of `x`; see `tinyneuron.explain`."""
        from tinyneuron.explanation import explain  # which needs this module

        return explain(self, x, y, **options)

    def _as_inputs(self, inputs: Any) -> Array:
        if type(inputs) is np.ndarray and inputs.dtype == self._dtype:
            return inputs
        return as_floats(inputs, self._dtype, f"inputs of layer {self.name!r}")

    def _checked(self, inputs: Array) -> Array:
        """Return `inputs` if the layer can be called on them, or say why not."""
        if not inputs.ndim:
            raise ValueError(
                f"Layer {self.name!r} needs inputs with an axis for the samples, got one number."
            )
        return inputs

    # Weights --------------------------------------------------------------------------------

    def add_weight(
        self,
        shape: Shape = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        *,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Array:
        """Make a weight and return its array, which stays the same for the layer's whole life.

        Parameters
        ----------
        shape : tuple of int
            ``()``, a single number, by default.
        initializer : initializer, optional
            By default Glorot uniform, as in Keras.
        dtype, trainable, regularizer, constraint, name
            The weight's own.
        """
        shape = as_shape(shape, "shape")
        if None in shape:
            raise ValueError(
                f"Layer {self.name!r} cannot make a weight of shape {shape}: the sizes of its "
                "inputs, the batch's aside, must be known."
            )
        shape = as_sizes(shape, f"the shape of a weight of layer {self.name!r}")
        dtype = self._dtype if dtype is None else settings.number_dtype(dtype)
        trainable = flag("trainable", trainable)
        name = f"variable_{len(self._weights)}" if name is None else text("name", name)
        regularizer, constraint = regularizers.get(regularizer), constraints.get(constraint)
        value = to_be_loaded(shape, dtype, self.name)
        if value is None:
            value = self._initial(shape, dtype, initializer)
        self._weights.append(Weight(value, name, trainable, regularizer, constraint))
        return value

    def _initial(self, shape: Shape, dtype: np.dtype[Any], initializer: Any) -> Array:
        make = initializers.get("glorot_uniform" if initializer is None else initializer)
        assert make is not None
        value = as_numbers(make(shape, dtype=dtype), "the initial value").astype(dtype, copy=False)
        if value.shape != shape:
            raise ValueError(
                f"Layer {self.name!r}: the initializer made an array of shape {value.shape} "
                f"for a weight of shape {shape}."
            )
        return np.array(value, order="C")  # the initializer may have handed out one it keeps

    def _own_layers(self) -> Iterator[Layer]:
        """Yield the layers kept as attributes, alone or in lists: their weights are ours too."""
        seen = set()
        for value in vars(self).values():
            items = value.values() if isinstance(value, dict) else value
            for item in items if isinstance(value, list | tuple | dict) else [value]:
                if isinstance(item, Layer) and id(item) not in seen:
                    seen.add(id(item))
                    yield item

    def _family(self, seen: set[int] | None = None) -> Iterator[Layer]:
        """Yield the layer, the layers in it, the layers in those: each once."""
        seen = set() if seen is None else seen
        if id(self) not in seen:
            seen.add(id(self))
            yield self
            for layer in self._own_layers():
                yield from layer._family(seen)

    def _in_a_row(self, path: str = "") -> Iterator[tuple[str, Layer]]:
        """Yield the layers that inputs pass one after the other, each under its ``model/layer``."""
        yield path or self.name, self

    def _all_weights(self) -> Iterator[tuple[Weight, bool]]:
        """Yield every weight, a layer's trainable ones first, and whether training changes it."""
        frozen: set[int] = set()
        for layer in self._family():
            if id(layer) in frozen or not layer.trainable:
                frozen.update(map(id, layer._family()))
            for weight in sorted(layer._weights, key=lambda weight: not weight.trainable):
                yield weight, weight.trainable and id(layer) not in frozen

    def _weights_to_train(self) -> list[Weight]:
        """Return the weights that `backward` gets an array for: in order, frozen or not."""
        return [weight for weight, _ in self._all_weights() if weight.trainable]

    @property
    def weights(self) -> list[Array]:
        """The arrays themselves: writing into one changes the layer."""
        return [weight.value for weight, _ in self._all_weights()]

    @property
    def trainable_weights(self) -> list[Array]:
        """The arrays that training changes."""
        return [weight.value for weight, trainable in self._all_weights() if trainable]

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The arrays that training leaves alone."""
        return [weight.value for weight, trainable in self._all_weights() if not trainable]

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    def get_weights(self) -> list[Array]:
        """Return copies of all weights; none before the layer is built."""
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Write `weights` into the layer's own arrays: all of them, or none and a ValueError."""
        own = self.weights
        if isinstance(weights, np.ndarray) and weights.dtype != object and len(own) != 1:
            raise ValueError(
                f"set_weights of {self.name!r} takes a list of arrays, one for each weight, "
                f"got one array of shape {weights.shape}."
            )
        new = [
            as_numbers(weight, f"weight {i} of layer {self.name!r}")
            for i, weight in enumerate(as_list("weights", weights))
        ]
        if len(new) != len(own):
            hint = "" if self.built else " It is not built yet: call it, or build(...) it, first."
            raise ValueError(
                f"Layer {self.name!r} has {len(own)} weights of shapes {_shapes(own)}, "
                f"got {len(new)} of shapes {_shapes(new)}.{hint}"
            )
        for i, (mine, given) in enumerate(zip(own, new, strict=True)):
            if mine.shape != given.shape:
                hint = " Did you mean W.T?" if mine.shape == given.T.shape else ""
                raise ValueError(
                    f"Layer {self.name!r} has weights of shapes {_shapes(own)}, got "
                    f"{_shapes(new)}: weight {i} does not fit.{hint}"
                )
        for mine, given in zip(own, new, strict=True):
            with np.errstate(over="ignore", invalid="ignore"):
                mine[...] = given

    def count_params(self) -> int:
        """Count the numbers in all weights."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer {self.name!r}, but it isn't built. "
                "Build it with `layer.build(input_shape)`, or call it on data."
            )
        return sum(weight.size for weight in self.weights)

    # Properties -----------------------------------------------------------------------------

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; setting it sets that of all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = flag("trainable", value)
        for layer in self._own_layers():
            layer.trainable = value

    @property
    def dtype(self) -> str:
        """The name of the dtype that the layer computes in."""
        return str(self._dtype)

    @property
    def _output_dtype(self) -> np.dtype[Any]:
        return self._dtype

    @property
    def input(self) -> KerasTensor:
        """The inputs' shape and dtype, known once the layer is built."""
        if not self.built:
            raise AttributeError  # `__getattr__` says why
        return KerasTensor(self._input_shape, self.dtype, f"{self.name}_input")

    @property
    def output(self) -> KerasTensor:
        """The outputs' shape and dtype, known once the layer is built."""
        shape = self.compute_output_shape(self.input.shape)
        return KerasTensor(shape, self.dtype, f"{self.name}_output")

    def __setattr__(self, name: str, value: Any) -> None:
        own = vars(self)
        if name in own and own[name] is not value:
            for weight in own.get("_weights", ()):
                if weight.value is own[name]:
                    raise AttributeError(
                        f"The array {name!r} of layer {self.name!r} stays the same for the layer's "
                        f"whole life: write into it, {name}[...] = ..., or use set_weights."
                    )
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:  # only asked for what is not there
        if "_weights" not in vars(self):
            hint = " (must its __init__ call super().__init__() first?)"
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}")
        hint = ""
        if not self.built:
            hint = " It is not built: weights appear at its first call, or with build(input_shape)."
        raise AttributeError(
            f"{type(self).__name__} {self.name!r} has no attribute {name!r}.{hint}"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _shapes(arrays: Sequence[Array]) -> list[Shape]:
    return [array.shape for array in arrays]
