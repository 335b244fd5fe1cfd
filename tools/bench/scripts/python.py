"""Times the training steps of `pnpm bench steps` in PyTorch and in JAX, on one thread of the CPU.

Run it through python.sh, which installs what it needs and keeps both libraries to one thread.
"""

import json
import platform
import statistics
import sys
import time
from datetime import date

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch import nn

RATE = 0.05
rng = np.random.default_rng(1)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype(np.float32)


def one_hot(count, depth):
    return np.eye(depth, dtype=np.float32)[rng.integers(0, depth, count)]


BATCHES = {
    "mlp": (floats(64, 784), one_hot(64, 10)),
    "lstm": (one_hot(32 * 32, 64).reshape(32, 32, 64), one_hot(32 * 32, 64)),
    "convnet": (floats(32, 1, 28, 28), one_hot(32, 10)),
}


def measure(step, forward, rounds):
    """The median times of both in milliseconds, in turns."""
    samples = {"step": [], "forward": []}
    for name, run in (("step", step), ("forward", forward)):
        for _ in range(5):
            run()
    calls = {"step": count(step), "forward": count(forward)}
    for _ in range(rounds):
        for name, run in (("step", step), ("forward", forward)):
            start = time.perf_counter()
            for _ in range(calls[name]):
                run()
            samples[name].append((time.perf_counter() - start) * 1e3 / calls[name])
    return {name: statistics.median(values) for name, values in samples.items()}


def count(run):
    """How many calls take 20 ms."""
    start = time.perf_counter()
    run()
    return max(1, int(0.02 / (time.perf_counter() - start)))


class TorchLanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(64, 128, num_layers=2)
        self.out = nn.Linear(128, 64)

    def forward(self, x):
        return self.out(self.lstm(x)[0].reshape(-1, 128))


def torch_models():
    conv = nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(3136, 10)),
    )
    mlp = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    return {"mlp": mlp, "lstm": TorchLanguageModel(), "convnet": conv}


def time_torch(rounds):
    torch.set_num_threads(1)
    results = {}
    for name, model in torch_models().items():
        x, y = (torch.from_numpy(values) for values in BATCHES[name])
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

        def step():
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

        def forward():
            with torch.no_grad():
                model(x)

        results[name] = measure(step, forward, rounds)
    return results


def dense(inputs, outputs):
    return [floats(inputs, outputs) / np.sqrt(inputs), floats(outputs) * 0.1]


def jax_mlp(weights, x):
    for i in range(0, 6, 2):
        x = (jax.nn.relu(x) if i else x) @ weights[i] + weights[i + 1]
    return x


def jax_lstm(weights, x):
    for w, b in (weights[0:2], weights[2:4]):

        def cell(state, inputs):
            i, j, f, o = jnp.split(jnp.concatenate([inputs, state[0]], 1) @ w + b, 4, 1)
            memory = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(j)
            hidden = jnp.tanh(memory) * jax.nn.sigmoid(o)
            return (hidden, memory), hidden

        zeros = jnp.zeros((32, 128))
        x = jax.lax.scan(cell, (zeros, zeros), x)[1]
    return x.reshape(-1, 128) @ weights[4] + weights[5]


def jax_convnet(weights, x):
    for w, b in (weights[0:2], weights[2:4]):
        x = jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = jax.lax.reduce_window(jax.nn.relu(x + b), -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return x.reshape(32, -1) @ weights[4] + weights[5]


JAX_MODELS = {
    "mlp": (jax_mlp, dense(784, 256) + dense(256, 256) + dense(256, 10)),
    "lstm": (jax_lstm, dense(192, 512) + dense(256, 512) + dense(128, 64)),
    "convnet": (
        jax_convnet,
        [floats(3, 3, 1, 32) / 3, floats(32) * 0.1, floats(3, 3, 32, 64) / 17, floats(64) * 0.1] + dense(3136, 10),
    ),
}


def time_jax(rounds):
    results = {}
    for name, (network, first) in JAX_MODELS.items():
        x, y = BATCHES[name]
        x = jnp.asarray(x.reshape(32, 28, 28, 1) if name == "convnet" else x)
        y = jnp.asarray(y)

        def loss(weights):
            return -jnp.mean(jnp.sum(jax.nn.log_softmax(network(weights, x)) * y, 1))

        train = jax.jit(lambda weights: [w - RATE * g for w, g in zip(weights, jax.grad(loss)(weights))])
        outputs = jax.jit(lambda weights: network(weights, x))
        state = [[jnp.asarray(w) for w in first]]

        def step():
            state[0] = jax.block_until_ready(train(state[0]))

        def forward():
            jax.block_until_ready(outputs(state[0]))

        results[name] = measure(step, forward, rounds)
    return results


def cpu_name():
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    out = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 31
    torch_times = time_torch(rounds)
    jax_times = time_jax(rounds)
    models = {name: {"pytorch": torch_times[name], "jax": jax_times[name]} for name in BATCHES}
    versions = {"python": platform.python_version(), "pytorch": torch.__version__, "jax": jax.__version__}
    machine = {"cpu": cpu_name(), "threads": 1, "date": date.today().isoformat()}
    with open(out, "w") as file:
        json.dump({"machine": machine, "results": {"versions": versions, "models": models}}, file, indent=2)
        file.write("\n")
    print(json.dumps(models, indent=2))


main()
