"""A one-block transformer learns to reverse a sequence of digits.

`nn.MultiheadAttention` keeps queries, keys and values stacked in `in_proj_weight`, and so Xavier's law there has the variance
1 / (2 width): half of what one (width, width) matrix would get. The last state is also written as a NumPy archive.

Run: python train.py    (about half a minute)
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent
VOCABULARY, LENGTH, WIDTH, HEADS = 10, 8, 32, 4
SAVE_AT = [0, 100, 400, 1000]


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attn = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.norm1(x)
        x = x + self.attn(h, h, h, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class Reverser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.position_embedding = nn.Embedding(LENGTH, WIDTH)
        self.blocks = nn.ModuleList([Block()])
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.token_embedding(tokens) + self.position_embedding.weight
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = Reverser()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    folder = HERE / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for step in range(SAVE_AT[-1] + 1):
        tokens = torch.randint(VOCABULARY, (64, LENGTH))
        logits = model(tokens)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), tokens.flip(1).flatten())
        if step in SAVE_AT:
            torch.save(model.state_dict(), folder / f"step-{step:04d}.pt")
            accuracy = (logits.argmax(2) == tokens.flip(1)).float().mean().item()
            print(f"transformer step {step}: loss {loss.item():.4f}, accuracy {accuracy:.3f}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.savez(HERE / "exported.npz", **{name: value.numpy() for name, value in model.state_dict().items()})


if __name__ == "__main__":
    main()
