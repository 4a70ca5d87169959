"""Recurrent networks learn to add: which two numbers of a sequence are marked, and what is their sum?

An Elman network, a GRU and an LSTM on the same task. The gates of the GRU (r, z, n) and the LSTM (i, f, g, o) are stacked in
one tensor and come apart before anything is computed. All tensors start uniform in +-1/sqrt(hidden).

Hochreiter & Schmidhuber (1997).    Run: python train.py    (about a minute)
"""

from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
HIDDEN, LENGTH, BATCH = 32, 20, 64
SAVE_AT = [0, 100, 400, 1000]


class Adder(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        cell = {"elman": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind]
        self.rnn = cell(2, HIDDEN, batch_first=True)
        self.readout = nn.Linear(HIDDEN, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states, _ = self.rnn(x)
        return self.readout(states[:, -1]).squeeze(1)


def sequences() -> tuple[torch.Tensor, torch.Tensor]:
    """Numbers in [0, 1) beside marks; exactly two are marked, one in each half."""
    numbers = torch.rand(BATCH, LENGTH)
    marks = torch.zeros(BATCH, LENGTH)
    rows = torch.arange(BATCH)
    marks[rows, torch.randint(LENGTH // 2, (BATCH,))] = 1
    marks[rows, torch.randint(LENGTH // 2, LENGTH, (BATCH,))] = 1
    return torch.stack([numbers, marks], 2), (numbers * marks).sum(1)


def train(kind: str) -> None:
    torch.manual_seed(0)
    model = Adder(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    folder = HERE / kind / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for step in range(SAVE_AT[-1] + 1):
        x, target = sequences()
        loss = nn.functional.mse_loss(model(x), target)
        if step in SAVE_AT:
            torch.save(
                {"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "loss": loss.item()},
                folder / f"step-{step:04d}.pt",
            )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    print(f"{kind}: squared error {loss.item():.4f} (0.167 is guessing the mean)")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in ("elman", "gru", "lstm"):
        train(name)
