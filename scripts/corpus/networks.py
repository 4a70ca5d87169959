"""Networks of before training as PyTorch's own modules and usual recipes draw them: the lint has to be silent on them, or right.

Run: python scripts/corpus/networks.py FOLDER   (needs torch)
"""

import sys

import torch
from torch import nn

FOLDER = sys.argv[1]


def save(name, module):
    torch.save(module.state_dict(), f"{FOLDER}/{name}-init.pt")


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        other = stride != 1 or inputs != outputs
        self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)) if other else None


def resnet():
    net = nn.Module()
    net.conv1 = nn.Conv2d(3, 32, 7, 2, 3, bias=False)
    net.bn1 = nn.BatchNorm2d(32)
    for at, (inputs, outputs, stride) in enumerate([(32, 32, 1), (32, 64, 2), (64, 128, 2)]):
        setattr(net, f"layer{at + 1}", nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1)))
    net.fc = nn.Linear(128, 100)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return net


def gpt2():
    net = nn.Module()
    net.wte, net.wpe, net.h = nn.Embedding(1000, 96), nn.Embedding(64, 96), nn.ModuleList()
    for _ in range(4):
        block = nn.Module()
        block.ln_1, block.ln_2 = nn.LayerNorm(96), nn.LayerNorm(96)
        block.attn, block.mlp = nn.Module(), nn.Module()
        block.attn.c_attn, block.attn.c_proj = nn.Linear(96, 288), nn.Linear(96, 96)
        block.mlp.c_fc, block.mlp.c_proj = nn.Linear(96, 384), nn.Linear(384, 96)
        net.h.append(block)
    for name, parameter in net.named_parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=0.02 / 8**0.5 if "c_proj" in name else 0.02)
        elif "bias" in name:
            nn.init.zeros_(parameter)
    return net


def generator(draw):
    net = nn.Sequential(
        nn.ConvTranspose2d(100, 128, 4, 1, 0), nn.ReLU(), nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(64, 3, 4, 2, 1)
    )
    for module in net:
        if isinstance(module, nn.ConvTranspose2d) and draw:
            nn.init.normal_(module.weight, 0, 0.02)
    return net


def vit():
    net = nn.Module()
    net.patch = nn.Conv2d(3, 96, 8, 8)
    net.cls, net.pos = nn.Parameter(torch.zeros(1, 1, 96)), nn.Parameter(torch.zeros(1, 65, 96))
    nn.init.trunc_normal_(net.pos, std=0.02)
    net.blocks = nn.TransformerEncoder(nn.TransformerEncoderLayer(96, 4, 384, batch_first=True), 3)
    net.head = nn.Linear(96, 10)
    nn.init.zeros_(net.head.weight)
    return net


def chain(widths, draw):
    net = nn.Sequential(*[part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), nn.Tanh())])
    for module in net:
        if isinstance(module, nn.Linear):
            draw(module.weight)
            nn.init.zeros_(module.bias)
    return net


def lora():
    net = nn.Module()
    net.base, net.lora_A, net.lora_B = nn.Linear(64, 64), nn.Linear(64, 8, bias=False), nn.Linear(8, 64, bias=False)
    nn.init.zeros_(net.lora_B.weight)
    return net


torch.manual_seed(0)
save("transformer", nn.Transformer(128, 4, 2, 2, 256, batch_first=True))
save("lstm", nn.Sequential(nn.Embedding(500, 64), nn.LSTM(64, 96, 2, bidirectional=True), nn.Linear(192, 20)))
save("gru", nn.GRU(48, 64, 2))
save("resnet", resnet())
save("gpt2", gpt2())
save("generator", generator(True))
save("generator-default", generator(False))
save("depthwise", nn.Sequential(nn.Conv2d(16, 64, 1), nn.ReLU6(), nn.Conv2d(64, 64, 3, 1, 1, groups=64), nn.ReLU6(), nn.Conv2d(64, 32, 1)))
save("vit", vit())
save("orthogonal", chain([100] * 13, nn.init.orthogonal_))
save("orthogonal-wide", chain([64, 256, 256, 10], nn.init.orthogonal_))
save("bilinear", nn.Bilinear(20, 30, 16))
save("lora", lora())
save("half", nn.Sequential(nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10)).half())
save("bfloat", nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 512)).to(torch.bfloat16))
