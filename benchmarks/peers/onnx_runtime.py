"""ONNX Runtime: the network as a graph, which it rewrites and runs; it does not train."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

CHECKED = True

OPERATORS = {"relu": "Relu", "sigmoid": "Sigmoid", "softmax": "Softmax"}


def make(network, weights):
    """Return the network as an ONNX model, of x to a."""
    nodes, at = [], "x"
    for i, activation in enumerate(network.activations):
        nodes.append(helper.make_node("Gemm", [at, f"w{2 * i}", f"w{2 * i + 1}"], [f"z{i}"]))
        at = f"z{i}"
        if activation != "linear":
            nodes.append(helper.make_node(OPERATORS[activation], [at], [f"a{i}"]))
            at = f"a{i}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", units])
        for name, units in (("x", network.sizes[0]), (at, network.sizes[-1]))
    ]
    initial = [numpy_helper.from_array(weight, f"w{i}") for i, weight in enumerate(weights)]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], initial)
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def session(network, weights):
    model = make(network, weights).SerializeToString()
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def predictors(network, weights, x):
    run = session(network, weights).run
    return {"run": lambda: run(None, {"x": x})[0]}


def callers(network, weights, x):
    runs = session(network, weights)
    run, (last,) = runs.run_with_ort_values, runs.get_outputs()
    tensors = {"x": onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(x))}
    return {"run_with_ort_values": lambda: run([last.name], tensors)[0]}


def save(network, weights, folder):
    path = Path(folder) / "network.onnx"
    onnx.save(make(network, weights), path)
    return path
