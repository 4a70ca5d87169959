"""The same deep tanh network, started in the ordered phase, at criticality, and in the chaotic phase.

A weight of variance sigma_w^2 / fan_in and a bias of variance sigma_b^2 decide how far a signal travels: below the critical
line two inputs become alike after a few layers, above it they become unrelated, on it both survive. With
sigma_b^2 = 0.05 the line for tanh lies at sigma_w^2 = 1.761.

Poole et al. (2016), Schoenholz et al. (2017).    Run: python train.py    (about a minute)
Checkpoints are kept in half precision to keep this folder small.
"""

import csv
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from sklearn.datasets import load_digits
from torch import nn

HERE = Path(__file__).parent
WIDTH, DEPTH = 100, 30
SIGMA_B2 = 0.05
PHASES = {"ordered": 1.0, "critical": 1.7610, "chaotic": 2.5}
STEPS = 600


class DeepTanh(nn.Module):
    def __init__(self, sigma_w2: float) -> None:
        super().__init__()
        self.input = nn.Linear(64, WIDTH)
        self.hidden = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(DEPTH - 1))
        self.readout = nn.Linear(WIDTH, 10)
        for layer in [self.input, *self.hidden]:
            nn.init.normal_(layer.weight, std=math.sqrt(sigma_w2 / layer.in_features))
            nn.init.normal_(layer.bias, std=math.sqrt(SIGMA_B2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.tanh(self.input(x))
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.readout(x)


def train(phase: str, sigma_w2: float, writer) -> None:
    torch.manual_seed(0)
    digits = load_digits()
    x = torch.tensor(digits.data, dtype=torch.float32) / 16
    x = (x - x.mean()) / x.std()
    y = torch.tensor(digits.target)
    network = DeepTanh(sigma_w2)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    folder = HERE / phase / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for step in range(STEPS + 1):
        if step % STEPS == 0:
            save_file(
                {name: value.half() for name, value in network.state_dict().items()},
                folder / f"step-{step:04d}.safetensors",
                {"format": "pt"},  # one entry only: the writer keeps several in no fixed order
            )
        batch = torch.randint(len(x), (128,))
        loss = nn.functional.cross_entropy(network(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        if step % 50 == 0:
            with torch.no_grad():
                accuracy = (network(x).argmax(1) == y).float().mean().item()
            first = network.hidden[0].weight.grad.norm().item()
            last = network.hidden[-1].weight.grad.norm().item()
            writer.writerow([phase, step, f"{loss.item():.4f}", f"{accuracy:.4f}", f"{first:.3e}", f"{last:.3e}"])
        optimizer.step()
    print(f"{phase}: accuracy {accuracy:.3f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    with open(HERE / "log.csv", "w", newline="") as log:
        csv_writer = csv.writer(log, lineterminator="\n")
        csv_writer.writerow(["phase", "step", "loss", "accuracy", "gradient_first_layer", "gradient_last_layer"])
        for phase_name, variance in PHASES.items():
            train(phase_name, variance, csv_writer)
