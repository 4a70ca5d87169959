"""A small convolutional network on the same digits, with batch normalisation.

Kernels are written (out, in, height, width). They start from He's normal law for ReLU: variance 2 / fan_in. The running
statistics of the normalisation stand in the checkpoint as buffers, not as weights.

Run: python train_conv.py    (under a minute)
"""

from pathlib import Path

import torch
from torch import nn

from data import load

HERE = Path(__file__).parent
SAVE_AT = [0, 1, 3, 10]


class ConvNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, stride=2, bias=False)
        self.bn2 = nn.BatchNorm2d(32)
        self.fc = nn.Linear(32, 10)
        for conv in (self.conv1, self.conv2):
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.bn1(self.conv1(x)).relu()
        x = self.bn2(self.conv2(x)).relu()
        return self.fc(x.mean((2, 3)))


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    x, y, test_x, test_y = load()
    x, test_x = x.view(-1, 1, 8, 8), test_x.view(-1, 1, 8, 8)
    model = ConvNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    folder = HERE / "conv" / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for epoch in range(SAVE_AT[-1] + 1):
        if epoch > 0:
            model.train()
            for batch in torch.randperm(len(x)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
                optimizer.step()
        if epoch in SAVE_AT:
            model.eval()
            with torch.no_grad():
                accuracy = (model(test_x).argmax(1) == test_y).float().mean().item()
            torch.save(
                {"epoch": epoch, "state_dict": model.state_dict(), "optimizer": optimizer.state_dict()},
                folder / f"epoch-{epoch:03d}.pt",
            )
            print(f"conv epoch {epoch}: test accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
