"""PyTorch as most people write it: a module, Adam as it comes, a loop over a permutation."""

from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

CHECKED = True

ACTIVATIONS = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "softmax": lambda: nn.Softmax(dim=-1),
    "linear": nn.Identity,
}


def make(network, weights, logits=False):
    """Return the network as a Sequential, with or without its last activation."""
    layers = []
    for (inputs, units), activation in zip(
        pairwise(network.sizes), network.activations, strict=True
    ):
        layers += [nn.Linear(inputs, units), ACTIVATIONS[activation]()]
    model = nn.Sequential(*layers[: -1 if logits else None])
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.from_numpy(weight.T))
    return model


def predictors(network, weights, x):
    model = make(network, weights)

    def predict():
        with torch.inference_mode():
            return model(torch.from_numpy(x)).numpy()

    return {"inference_mode": predict}


def callers(network, weights, x):
    model, x = make(network, weights), torch.from_numpy(x)

    def call():
        with torch.inference_mode():
            return model(x)

    return {"inference_mode": call}


def loss_of(network):
    """Return the loss, of logits."""
    return {
        "sigmoid": nn.BCEWithLogitsLoss, "softmax": nn.CrossEntropyLoss, "linear": nn.MSELoss
    }[network.last]()  # fmt: skip


def loop(step, batch_size):
    """Return the usual loop around a step: rows permuted anew, a slice of them for each batch."""

    def train(x, y, epochs):
        x, y = torch.from_numpy(x), torch.from_numpy(y)
        losses = []
        for _ in range(epochs):
            batches = torch.randperm(len(x)).split(batch_size)
            of_steps = [step(x[rows], y[rows]) for rows in batches]
            losses.append(torch.stack(of_steps).mean().item())
        return losses

    return train


def evaluators(network, weights, x, y):
    model, loss_function = make(network, weights, logits=True), loss_of(network)

    def evaluate():
        with torch.inference_mode():
            return loss_function(model(torch.from_numpy(x)), torch.from_numpy(y)).item()

    return {"inference_mode": evaluate}


def steppers(network, weights, x, y, **options):
    step = make_step(network, weights, **options)
    return {"step": lambda: step(torch.from_numpy(x), torch.from_numpy(y)).item()}


def make_step(network, weights, **options):
    """Return a function that takes a step on a batch and returns the loss before it."""
    model, loss_function = make(network, weights, logits=True), loss_of(network)
    optimizer = torch.optim.Adam(model.parameters(), **options)

    def step(x, y):
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def trainers(network, weights, batch_size, **options):
    return {"loop": loop(make_step(network, weights, **options), batch_size)}


def save(network, weights, folder):
    path = Path(folder) / "torch.pt"
    torch.save(make(network, weights).state_dict(), path)
    return path
