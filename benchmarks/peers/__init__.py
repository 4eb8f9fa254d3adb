"""The peers. Each module here has the same few functions, as far as its library can do the work.

    predictors(network, weights, x)           {way: function() -> outputs}, NumPy in, NumPy out
    callers(network, weights, x)              the same, from and to the library's own tensors
    evaluators(network, weights, x, y)        {way: function() -> loss}
    steppers(network, weights, x, y)          {way: function() -> loss before a step on these rows}
    trainers(network, weights, batch_size)    {way: function(x, y, epochs) -> loss of each epoch}
    metric_trainers(…)                        the same, with accuracy, precision and recall
    save(network, weights, folder)            -> path of a saved model

A library that offers several ways to do a work is timed at its fastest. `CHECKED` says whether
what the module computes is compared with the formulas before it is timed, `COMPILES` that it
prepares a work when it does it for the first time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Peer:
    """One thing to compare: a library, in one of its forms."""

    name: str
    title: str
    module: str
    packages: tuple[str, ...]  # any of a group "a|b" will do
    environment: dict[str, str] = field(default_factory=dict)

    def versions(self):
        """Return the versions of its packages, ``None`` where one is not installed."""
        return {name: _version(name) for name in self.packages}


def _version(packages):
    for package in packages.split("|"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return None


def _keras(backend, title, package):
    environment = {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return Peer(f"keras-{backend}", f"Keras, {title}", "keras3", ("keras", package), environment)


PEERS = [
    Peer("tinyneuron", "tinyneuron", "tiny", ()),
    Peer("hand", "NumPy by hand", "hand", ("numpy",)),
    Peer("straight", "NumPy, a straight line", "straight", ("numpy",)),
    Peer("matmul", "products alone", "matmul", ("numpy",)),
    Peer("sklearn", "scikit-learn", "sklearn_mlp", ("scikit-learn",)),
    Peer("torch", "PyTorch", "torch_eager", ("torch",)),
    Peer("torch-fused", "PyTorch, fused Adam", "torch_fused", ("torch",)),
    Peer("torch-compile", "PyTorch, compiled", "torch_compiled", ("torch",)),
    Peer("onnx", "ONNX Runtime", "onnx_runtime", ("onnxruntime", "onnx")),
    Peer("jax", "JAX, jit", "jax_jit", ("jax",)),
    _keras("numpy", "NumPy", "numpy"),
    _keras("jax", "JAX", "jax"),
    _keras("torch", "PyTorch", "torch"),
    _keras("tensorflow", "TensorFlow", "tensorflow|tensorflow-cpu"),
]
