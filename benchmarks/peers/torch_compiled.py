"""PyTorch through torch.compile: the model to predict; to train, the loss or the whole step."""

import torch

from benchmarks.peers import torch_eager

CHECKED = True
COMPILES = True


def predictors(network, weights, x):
    model = torch.compile(torch_eager.make(network, weights))

    def predict():
        with torch.inference_mode():
            return model(torch.from_numpy(x)).numpy()

    return {"compiled model": predict}


def callers(network, weights, x):
    model, x = torch.compile(torch_eager.make(network, weights)), torch.from_numpy(x)

    def call():
        with torch.inference_mode():
            return model(x)

    return {"compiled model": call}


def trainers(network, weights, batch_size):
    steps = {
        "loss compiled, fused Adam": compiled_loss(network, weights),
        "loss and Adam compiled": compiled_loss_and_optimizer(network, weights),
        "step compiled": compiled_step(network, weights),
    }
    return {way: torch_eager.loop(step, batch_size) for way, step in steps.items()}


def compiled_loss(network, weights):
    """Compile the way to the loss and back, and leave the weights to the fused Adam."""
    find_loss, parameters = _loss(network, weights)
    find_loss = torch.compile(find_loss)
    return _step(find_loss, torch.optim.Adam(parameters, fused=True))


def compiled_loss_and_optimizer(network, weights):
    """Compile the way to the loss and back, and Adam's step, each by itself."""
    find_loss, parameters = _loss(network, weights)
    optimizer = _adam(parameters)
    return _step(torch.compile(find_loss), optimizer, torch.compile(optimizer.step))


def compiled_step(network, weights):
    """Compile all of it at once."""
    find_loss, parameters = _loss(network, weights)
    return torch.compile(_step(find_loss, _adam(parameters)))


def _loss(network, weights):
    model = torch_eager.make(network, weights, logits=True)
    loss_function = torch_eager.loss_of(network)
    return lambda x, y: loss_function(model(x), y), list(model.parameters())


def _adam(parameters):
    # The rate as a tensor, so that it is no constant of the compiled code.
    return torch.optim.Adam(parameters, lr=torch.tensor(0.001))


def _step(find_loss, optimizer, change_weights=None):
    change_weights = change_weights or optimizer.step

    def step(x, y):
        optimizer.zero_grad()
        loss = find_loss(x, y)
        loss.backward()
        change_weights()
        return loss.detach()

    return step
