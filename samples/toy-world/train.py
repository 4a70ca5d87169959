"""A deep linear network learns a small world of items and their properties.

The items form a tree (living things; animals and plants; birds, fish, trees, flowers). A two-layer linear network that
starts from very small weights learns the broad distinctions first and the fine ones later, in steps: one step for each
singular mode of the item-property table. Watch the singular values of `layers.1 @ layers.0` rise one after another.

Saxe, McClelland & Ganguli (2014, 2019).    Run: python train.py    (a few seconds)
"""

import csv
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
HIDDEN = 16
INITIAL_STD = 1e-3  # small: the network starts near the saddle point, so that the stages are apart
LEARNING_RATE = 0.01  # with one-hot items and summed loss, time is counted in 1 / LEARNING_RATE steps

FOUR_ITEMS = {
    "Canary": ["Grow", "Move", "Fly"],
    "Salmon": ["Grow", "Move", "Swim"],
    "Oak": ["Grow", "Roots", "Bark"],
    "Rose": ["Grow", "Roots", "Petals"],
}
EIGHT_ITEMS = {
    "Canary": ["Grow", "Move", "Fly", "Sing"],
    "Robin": ["Grow", "Move", "Fly", "Red breast"],
    "Salmon": ["Grow", "Move", "Swim", "Pink flesh"],
    "Sunfish": ["Grow", "Move", "Swim", "Round body"],
    "Oak": ["Grow", "Roots", "Bark", "Acorns"],
    "Pine": ["Grow", "Roots", "Bark", "Needles"],
    "Rose": ["Grow", "Roots", "Petals", "Thorns"],
    "Daisy": ["Grow", "Roots", "Petals", "White ring"],
}


class DeepLinear(nn.Module):
    """Item (one-hot) -> hidden -> properties, without any nonlinearity."""

    def __init__(self, items: int, properties: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(items, HIDDEN, bias=False),
            nn.Linear(HIDDEN, properties, bias=False),
        )
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=INITIAL_STD)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def train(name: str, world: dict[str, list[str]], steps: int, every: int) -> None:
    torch.manual_seed(0)
    items = list(world)
    properties = list(dict.fromkeys(p for has in world.values() for p in has))
    table = torch.tensor([[float(p in world[i]) for p in properties] for i in items])
    folder = HERE / name
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    write_table(folder, items, properties, table)

    network = DeepLinear(len(items), len(properties))
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)
    one_hot = torch.eye(len(items))
    with open(folder / "log.csv", "w", newline="") as log:
        writer = csv.writer(log, lineterminator="\n")
        writer.writerow(["step", "loss"])
        for step in range(steps + 1):
            loss = 0.5 * (network(one_hot) - table).square().sum()
            if step % every == 0:
                writer.writerow([step, f"{loss.item():.6f}"])
                save_file(
                    network.state_dict(),
                    folder / "checkpoints" / f"step-{step:04d}.safetensors",
                    {"format": "pt"},  # one entry only: the writer keeps several in no fixed order
                )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"{name}: loss {loss.item():.6f} after {steps} steps")


def write_table(folder: Path, items: list[str], properties: list[str], table: torch.Tensor) -> None:
    """The data as a person reads it, and the names of the network's inputs and outputs."""
    with open(folder / "data.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["item", *properties])
        for item, row in zip(items, table.int().tolist(), strict=True):
            writer.writerow([item, *row])
    labels = {"items": items, "properties": properties}
    (folder / "labels.json").write_text(json.dumps(labels, indent=2) + "\n")


if __name__ == "__main__":
    train("four-items", FOUR_ITEMS, steps=1250, every=50)
    train("eight-items", EIGHT_ITEMS, steps=1350, every=50)
