"""Layer: a name, weights that are built on the first call, and `call`, which computes."""

from __future__ import annotations

from _thread import get_ident  # threading's, which NumPy does not import
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np

from tinyneuron import regularizers
from tinyneuron._common import missing, settings
from tinyneuron._common.arguments import flag, shown, text
from tinyneuron._common.arrays import (
    Array,
    Shape,
    as_batch_shape,
    as_floats,
    as_numbers,
    as_shape,
)
from tinyneuron._common.configuration import Configurable, described, is_own
from tinyneuron._common.names import unique_name
from tinyneuron._common.pairs import check_pair
from tinyneuron._common.unknown import parameters
from tinyneuron.layers.building import built_once, lock
from tinyneuron.layers.holder import Holder
from tinyneuron.layers.symbolic import KerasTensor
from tinyneuron.layers.weights import Weight

_training: ContextVar[bool] = ContextVar("training", default=False)  # for layers within layers
_OF_A_MODEL = ("inputs", "outputs", "input_shape", "input_dim")  # not of a layer's configuration


class Layer(Holder, Configurable):
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
    input_shape, input_dim : optional
        The shape of one sample, or its number of features: a model that starts with this layer is
        built at once. `Input` says it too.

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
        input_shape: Shape | None = None,
        input_dim: int | None = None,
    ):
        match dtype:
            case {"config": {"name": policy}}:  # as Keras writes it to configurations
                dtype = policy
        if name is not None and "/" in text("name", name):
            raise ValueError(f"name must not contain '/', got {shown(name)}.")
        if name is not None and not name.isprintable():  # a file's might steer the terminal
            raise ValueError(f"name must consist of printable characters, got {shown(name)}.")
        self.name = name or unique_name(type(self).__name__)
        self.trainable = trainable
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._dtype = settings.float_dtype(dtype)
        self._weights: list[Weight] = []
        # Given, it lets a Sequential that starts with this layer build it at once.
        self._input_shape: Any = None
        if input_dim is not None:
            input_shape = (input_dim,)
        if input_shape is not None:
            self._input_shape = (None, *as_shape(input_shape))

    # What the user made the layer with, for `get_config`; apart from the attributes, in which
    # layers are looked for.
    __slots__ = ("_made_with",)
    _made_with: tuple[tuple[Any, ...], dict[str, Any]]
    _called_on: KerasTensor | None = None  # the first one

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        layer = super().__new__(cls)
        layer._made_with = args, kwargs
        return layer

    def __getstate__(self) -> Any:
        """Leave behind, when copied or pickled, the layers that come before it in a model."""
        with lock:  # not while it is half built
            own = vars(self) | {"_built": self.built}
        own.pop("_called_on", None)
        return own, {"_made_with": self._made_with}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__call__ is not Layer.__call__:
            raise TypeError(
                f"{cls.__name__} defines __call__, which models do not use: define call(inputs)."
            )
        if "build" in vars(cls):  # a user's `build` need not lock, nor set `built`
            cls.build = built_once(cls.build)  # type: ignore[method-assign]
        cls._call_takes_training = _takes(cls.call, "training")
        cls._call_takes_empty = all(_takes(getattr(cls, name), "empty") for name in cls._formulas)
        cls._backward_takes_to_inputs = _takes(cls.backward, "to_inputs")

    # What a subclass defines ----------------------------------------------------------------

    _formulas: tuple[str, ...] = ("call",)  # the methods that `backward` is the derivative of
    _call_takes_training = _call_takes_empty = _backward_takes_to_inputs = False
    _being_built = False
    _built: bool | int = False  # or the number of the only thread that it is built for, as yet

    @built_once
    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs of `input_shape`, whose first entry is the batch's size."""
        self._check_has_rows(input_shape)

    def call(self, inputs: Array) -> Array:
        """Compute the outputs, from inputs of the layer's dtype."""
        raise NotImplementedError(f"{type(self).__name__} must define call(inputs).")

    def forward(self, inputs: Array) -> tuple[Array, Any]:
        """Compute the outputs while training, and what `backward` will need: the tape's entry."""
        outputs = self._call_as(True, inputs)
        return outputs, (inputs, outputs)

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
            dL/d(inputs). A method that takes an argument ``to_inputs`` gets ``False`` for it where
            nobody needs them: before the first layer that has anything to train.
        """
        raise NotImplementedError(
            f"Layer {self.name!r} cannot be trained: {type(self).__name__} must define "
            "backward(gradient, entry, gradients)."
        )

    #: Where a layer keeps something of each step, its method that is given the tape's entry after
    #: the weights have changed: all that training writes into a layer, but for its gradients.
    after_step: Any = None

    def check_trainable(self) -> None:
        """Raise an error if the layer would train another function than it computes."""
        for inner in self._family():
            if inner.after_step is not None and self.after_step is None:
                raise TypeError(
                    f"Layer {self.name!r} cannot be trained: {inner.name!r} in it must be told of "
                    f"each step, so {type(self).__name__} must define after_step(entry), which "
                    "calls that of the layers in it."
                )
        check_pair(self, self._formulas, ("backward", "forward"), Layer)
        regularizers.check_trainable(self.activity_regularizer)
        for weight in self._own_weights():
            regularizers.check_trainable(weight.regularizer)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs; by default, of what `call` makes of one row of zeros."""
        input_shape = as_batch_shape(input_shape)
        self.build(input_shape)
        sizes = (1 if size is None else size for size in input_shape[1:])
        row = np.zeros([1, *sizes], self._dtype)
        return (input_shape[0], *self._call_as(False, row).shape[1:])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs to make this layer again, unbuilt.

        A user's layer need not keep its arguments under their names: they are those it was made
        with, as in Keras.
        """
        given = {} if is_own(type(self)) else self._arguments()
        config = {}
        for name, owner in parameters(type(self)):
            if name in _OF_A_MODEL and is_own(owner):
                continue
            if is_own(owner):
                config[name] = described(self._argument(name))
            elif name in given:
                config[name] = described(given[name])
        policy = {"module": "keras", "class_name": "DTypePolicy", "registered_name": None}
        return config | {"dtype": policy | {"config": {"name": self.dtype}}}

    def _arguments(self) -> dict[str, Any]:
        """Return what the layer was made with, by name."""
        import inspect  # slow to import, and only needed for users' layers

        args, kwargs = self._made_with
        signature = inspect.signature(type(self).__init__)
        given: dict[str, Any] = signature.bind(self, *args, **kwargs).arguments
        for name, parameter in signature.parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                given |= given.pop(name, {})
        return given

    # Calling --------------------------------------------------------------------------------

    def __call__(self, inputs: Any, *, training: bool | None = None, **kwargs: Any) -> Array:
        """Build the weights if this is the first call, then compute the outputs.

        With ``training=True``, layers such as `Dropout` do what they do while training. Called on
        a symbolic tensor, such as `Input` returns, a layer returns one that stands for its outputs.
        """
        if isinstance(inputs, KerasTensor):
            return self._on_symbolic(inputs, training)  # type: ignore[return-value]
        mode = _training.get()
        training = mode if training is None else flag("training", training)
        inputs = self._enter(inputs)
        if training != mode:
            return self._call_as(training, inputs, **kwargs)
        if self._call_takes_training:
            kwargs["training"] = training
        return self.call(inputs, **kwargs)

    def _on_symbolic(self, x: KerasTensor, training: bool | None) -> KerasTensor:
        """Build the layer for what `x` stands for, and return what stands for its outputs."""
        if training is not None and flag("training", training) != _training.get():
            raise ValueError(
                f"Layer {self.name!r} was called on a symbolic tensor with training={training}: "
                "whether a model trains is said when it is called, for all of its layers."
            )
        if not self.built:
            self.build(x.shape)
        self._checked(x)  # type: ignore[arg-type]  # which looks at the shape alone
        outputs = self._after(x)
        if self._called_on is None:
            self._called_on = x
        return outputs

    def _after(self, x: KerasTensor) -> KerasTensor:
        """Return what stands for the outputs from `x`."""
        shape = self.compute_output_shape(x.shape)
        return KerasTensor(shape, str(self._output_dtype), f"{self.name}_output", self, x)

    def _enter(self, x: Any, cast: bool = True) -> Array:
        """Return `x` as an array that the layer can be called on: the door for all inputs.

        Builds the layer if it is not built yet. Without `cast`, numbers of other dtypes stay as
        and where they are, on disk if they are a memory map.
        """
        if type(x) is not np.ndarray or x.dtype != self._dtype:
            name = self._inputs_name
            x = as_floats(x, self._dtype, name) if cast else as_numbers(x, name)
        if not self.built:
            self.build(x.shape)
        return self._checked(x)

    def _call_as(self, training: bool, inputs: Array, **kwargs: Any) -> Array:
        """Call the layer, and the layers that it calls, as while training or as when predicting."""
        if self._call_takes_training:
            kwargs["training"] = training
        token = _training.set(training)
        try:
            return self.call(inputs, **kwargs)
        finally:
            _training.reset(token)

    @property
    def _keeps_nothing(self) -> bool:
        """Whether the arrays that went in and came out of `call` may be overwritten later.

        A user's layer or activation may keep them, or write to itself. A layer whose `call` takes
        ``empty`` does not.
        """
        own = vars(self)
        if "call" in own:  # a function that somebody has put in its place
            return False
        if "activation" in own and not is_own(type(own["activation"])):
            return False
        return is_own(type(self)) or self._call_takes_empty

    @property
    def _inputs_name(self) -> str:
        return f"inputs of layer {self.name!r}"

    def _checked(self, inputs: Array) -> Array:
        """Return `inputs` if the layer can be called on them, or say why not."""
        self._check_has_rows(inputs.shape)
        return inputs

    def _check_has_rows(self, shape: Shape) -> None:
        if not shape:
            raise ValueError(
                f"Layer {self.name!r} needs inputs with an axis for the samples, got one number."
            )

    def _in_a_row(self, path: str = "") -> Iterator[tuple[str, Layer]]:
        """Yield the layers that inputs pass one after the other, each under its ``model/layer``."""
        yield path or self.name, self

    def _check_built_for(self, shape: Shape) -> None:
        """Refuse to be built again for other inputs."""
        if self._input_shape is not None and shape[1:] != self._input_shape[1:]:
            raise ValueError(
                f"{type(self).__name__} {self.name!r} is already built for inputs of shape "
                f"{self._input_shape}, and cannot be built again for {shape}."
            )

    # Properties -----------------------------------------------------------------------------

    @property
    def built(self) -> bool:
        """Whether the layer has its weights."""
        return self._built is True or self._built == get_ident()

    @built.setter
    def built(self, value: bool) -> None:
        if not self._being_built:  # `build` may say so, as in Keras, before all is ready
            self._built = flag("built", value)

    @property
    def dtype(self) -> str:
        """The name of the dtype that the layer computes in."""
        return str(self._dtype)

    @property
    def _output_dtype(self) -> np.dtype[Any]:
        return self._dtype

    @property
    def input(self) -> KerasTensor:
        """What the layer was first called on as part of a model; else its inputs' shape alone."""
        if not self.built:
            self._refuse_attribute("input")
        if self._called_on is not None:
            return self._called_on
        return KerasTensor(self._input_shape, self.dtype, f"{self.name}_input")

    @property
    def output(self) -> KerasTensor:
        """What stands for the outputs from `input`."""
        return self._after(self.input)

    def _refuse_attribute(self, name: str) -> NoReturn:
        """Raise an AttributeError that says why a layer has not an attribute."""
        if "_weights" not in vars(self):
            hint = " (must its __init__ call super().__init__() first?)"
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}")
        hint = "" if name.startswith("_") else missing.why_no_attribute(type(self), name)
        if not self.built and not hint:
            hint = " It is not built: weights appear at its first call, or with build(input_shape)."
        raise AttributeError(
            f"{type(self).__name__} {self.name!r} has no attribute {name!r}.{hint}",
            name=name,
            obj=self,
        )

    if not TYPE_CHECKING:  # type checkers would take it that all attributes are there
        __getattr__ = _refuse_attribute  # only asked for what is not there

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _takes(method: Any, argument: str) -> bool:
    """Say whether a method has an argument of that name."""
    code = getattr(method, "__code__", None)
    if code is None:
        return False
    return argument in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
