"""A checkpoint from file to table, as a user of Python would do it: checkpoint.py numpy|torch|weightwatcher FILE.

The last line of the output is JSON: seconds without imports, how many matrices, how many names in the table.
"""

import json
import os
import sys
import time

SKIPPED = 0


def print_table(rows):
    width = max(len(name) for name, *_ in rows)
    for name, *numbers in rows:
        print(name.ljust(width), *(f"{number:12.5g}" for number in numbers))


def read_with(framework, path):
    from safetensors import safe_open

    with safe_open(path, framework=framework) as file:
        for name in file.keys():
            tensor = file.get_tensor(name)
            # Vectors have no spectrum, nor have positions, which are no linear map.
            if sum(size > 1 for size in tensor.shape) >= 2 and "pos" not in name and "wpe" not in name:
                yield name, tensor.reshape(tensor.shape[0], -1)


def with_numpy(path):
    for name, matrix in read_with("np", path):
        s = np.linalg.svd(matrix, compute_uv=False)
        yield name, s[0], np.sqrt((s**2).sum()), (s**2).sum() / s[0] ** 2


def with_torch(path):
    for name, matrix in read_with("pt", path):
        s = torch.linalg.svdvals(matrix)
        square = (s**2).sum()
        yield name, s[0].item(), square.sqrt().item(), (square / s[0] ** 2).item()


def with_weightwatcher(path):
    """No layer may be skipped: the bounds on size are lifted, vectors and positions stay out."""
    tensors = dict(read_with("pt", path))
    details = ww.WeightWatcher().analyze(model=tensors, max_N=10**9, max_evals=10**9)
    for row in details.itertuples():
        yield row.longname, row.spectral_norm**0.5, row.norm, row.stable_rank, row.alpha


method, path = sys.argv[1:]
if method == "numpy":
    import numpy as np
    import safetensors

    run = with_numpy
elif method == "torch":
    import safetensors
    import torch

    run = with_torch
else:
    import logging

    import torch
    import weightwatcher as ww

    logging.disable(logging.WARNING)
    run = with_weightwatcher

start = time.perf_counter()
rows = list(run(path))
print_table(rows)
print(json.dumps({"seconds": time.perf_counter() - start, "matrices": len(rows)}))
