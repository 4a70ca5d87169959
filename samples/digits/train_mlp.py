"""A multilayer perceptron reads handwritten digits of 8 x 8 pixels.

Training checkpoints as people write them: model, Adam state, epoch and losses in one `.pt` file. The start is PyTorch's
own default for `nn.Linear`, whose weights have the variance 1 / (3 fan_in); compare it with the trained spectra.

Run: python train_mlp.py    (a few seconds)
"""

from pathlib import Path

import torch
from torch import nn

from data import load

HERE = Path(__file__).parent
SAVE_AT = [0, 1, 2, 5, 10, 20, 40]


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    x, y, test_x, test_y = load()
    model = nn.Sequential(
        nn.Linear(64, 96),
        nn.ReLU(),
        nn.Linear(96, 48),
        nn.ReLU(),
        nn.Linear(48, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    folder = HERE / "mlp" / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for epoch in range(SAVE_AT[-1] + 1):
        if epoch > 0:
            for batch in torch.randperm(len(x)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
                optimizer.step()
        if epoch in SAVE_AT:
            with torch.no_grad():
                accuracy = (model(test_x).argmax(1) == test_y).float().mean().item()
                loss = nn.functional.cross_entropy(model(x), y).item()
            torch.save(
                {
                    "epoch": epoch,
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "train_loss": loss,
                    "test_accuracy": accuracy,
                },
                folder / f"epoch-{epoch:03d}.pt",
            )
            print(f"mlp epoch {epoch}: train loss {loss:.4f}, test accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
