"""One architecture, two seeds: what do their layers have in common?

Trains a tanh network of five equal hidden layers on digits from two seeds, and records what every layer answers to the same hundred test digits:
NPZ files with one array a layer, items in rows. Seed 0 is recorded over training too. `recording.h5` is made up: forty "units" that read the third
layer of seed 0 with noise, four sessions of every digit, laid out as trials with a list of stimuli, as recordings of brains are.

Run: python record.py    (a few seconds; needs h5py besides ../requirements.txt)
"""

from pathlib import Path
import sys

import h5py
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "digits"))
from data import load  # noqa: E402

WIDTH, DEPTH, SAVE_AT = 48, 5, [0, 1, 3, 10, 30]


def network() -> nn.Sequential:
    widths = [64] + [WIDTH] * DEPTH
    hidden = [part for i, o in zip(widths, widths[1:]) for part in (nn.Linear(i, o), nn.Tanh())]
    return nn.Sequential(*hidden, nn.Linear(WIDTH, 10))


def record(model: nn.Sequential, x: torch.Tensor) -> dict[str, np.ndarray]:
    out = {}
    with torch.no_grad():
        for at, part in enumerate(model):
            x = part(x)
            if isinstance(part, nn.Tanh):
                out[f"hidden{at // 2 + 1}"] = x.numpy().astype(np.float16)
    return out | {"logits": x.numpy().astype(np.float16)}


def main() -> None:
    torch.set_num_threads(1)
    x, y, test_x, test_y = load()
    # Ten of every digit, digit after digit.
    chosen = torch.cat([torch.nonzero(test_y == digit)[:10, 0] for digit in range(10)])
    items = test_x[chosen]
    np.save(HERE / "stimuli.npy", np.round((items.numpy() - items.numpy().min()) / np.ptp(items.numpy()) * 255).astype(np.uint8).reshape(-1, 8, 8))
    (HERE / "labels.txt").write_text("".join(f"{int(test_y[at])} ({k % 10 + 1})\n" for k, at in enumerate(chosen)))
    for seed in (0, 1):
        torch.manual_seed(seed)
        model = network()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(SAVE_AT[-1] + 1):
            if epoch > 0:
                for batch in torch.randperm(len(x)).split(64):
                    optimizer.zero_grad()
                    nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
                    optimizer.step()
            if seed == 0 and epoch in SAVE_AT:
                (HERE / "training").mkdir(exist_ok=True)
                np.savez_compressed(HERE / "training" / f"epoch-{epoch:03d}.npz", **record(model, items))
        accuracy = (model(test_x).argmax(1) == test_y).float().mean().item()
        np.savez_compressed(HERE / f"seed-{seed}.npz", **record(model, items))
        save_file(model.state_dict(), HERE / f"seed-{seed}.weights.safetensors")
        print(f"seed {seed}: test accuracy {accuracy:.3f}")
        if seed == 0:
            brain(record(model, items)["hidden3"].astype(np.float32))


def brain(signal: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    reading = rng.standard_normal((WIDTH, 40)) / np.sqrt(WIDTH)
    mixing = np.eye(40) + 0.2 * rng.standard_normal((40, 40))
    trials = [(session, item) for session in range(4) for item in rng.permutation(100)]
    responses = np.stack([signal[item] @ reading + 0.6 * rng.standard_normal(40) @ mixing for _, item in trials])
    with h5py.File(HERE / "recording.h5", "w") as file:
        file.attrs["neurodata_type"] = "NWBFile"
        file.create_dataset("processing/ecephys/responses/data", data=responses.astype(np.float32), compression="gzip")
        file["processing/ecephys/responses"].attrs["neurodata_type"] = "TimeSeries"
        file.create_dataset("intervals/trials/stimulus_id", data=np.array([item for _, item in trials], dtype=np.int32))
        file.create_dataset("intervals/trials/session", data=np.array([session for session, _ in trials], dtype=np.int32))
        file["intervals/trials"].attrs["neurodata_type"] = "TimeIntervals"


if __name__ == "__main__":
    main()
