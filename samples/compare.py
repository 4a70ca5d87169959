"""Are the committed checkpoints what the scripts write here? Runs every train*.py in a copy of this folder and compares.

The first checkpoint of each series must come out bit for bit: it depends on the seed alone. Later ones went through sums whose
order the processor's vector width decides, so they are compared by how far they are apart, relative to how far training moved them.

Run: python compare.py    (about a minute; ends with exit code 1 if a series differs by more than is allowed)
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

HERE = Path(__file__).parent
# Share of the way that training moved the weights. What is chaotic or long recurrent multiplies rounding errors, and gets more room.
TOLERANCE = 0.01
SENSITIVE = {"criticality/chaotic": 0.5, "rnn/elman": 0.5, "rnn/lstm": 0.2}


def tensors(path: Path) -> dict[str, torch.Tensor]:
    """The model's own tensors, by name; the optimizer's are left out."""
    if path.suffix == ".safetensors":
        found = load_file(path)
    else:
        loaded = torch.load(path, weights_only=True)
        found = next((loaded[key] for key in ("model", "state_dict") if key in loaded), loaded)
    floats = {name: value for name, value in found.items() if torch.is_tensor(value) and value.is_floating_point()}
    return {name: value.double() for name, value in floats.items()}


def distance(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> float:
    assert a.keys() == b.keys(), f"{sorted(a)} != {sorted(b)}"
    return float(np.sqrt(sum(float(((a[name] - b[name]) ** 2).sum()) for name in a)))


def main() -> None:
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "samples"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("checkpoints", "__pycache__", "*.npz"))
        for script in sorted(copy.glob("*/train*.py")):
            subprocess.run([sys.executable, script], check=True, stdout=subprocess.DEVNULL)
        for folder in sorted(HERE.rglob("checkpoints")):
            there = copy / folder.relative_to(HERE)
            names = sorted(path.name for path in folder.iterdir())
            assert names == sorted(path.name for path in there.iterdir()), f"{folder}: other files"
            start = tensors(folder / names[0])
            same_start = distance(start, tensors(there / names[0])) == 0
            worst = 0.0
            for name in names[1:]:
                committed = tensors(folder / name)
                worst = max(worst, distance(committed, tensors(there / name)) / distance(committed, start))
            series = folder.parent.relative_to(HERE).as_posix()
            allowed = SENSITIVE.get(series, TOLERANCE)
            good = same_start and worst < allowed
            failures += not good
            print(
                f"{'ok  ' if good else 'DIFF'} {series}: first checkpoint {'identical' if same_start else 'DIFFERENT'}, "
                f"later ones at most {worst:.1e} of the way apart (allowed: {allowed})"
            )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
