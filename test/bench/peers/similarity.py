"""Comparisons of representations as a person would have them from Python: one JSON line {task, values, seconds} a task, or {task, gap}.

python similarity.py FOLDER: layers.f32 (raw, layer after layer) and shape.json (items, dimensions, layers) lie there.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
shape = json.loads((folder / "shape.json").read_text())
n, p, count = shape["items"], shape["dimensions"], shape["layers"]
layers = np.fromfile(folder / "layers.f32", dtype=np.float32).reshape(count, n, p)
few = shape["few"]


def say(task, run):
    try:
        run()
        best, value = min((timed(run) for _ in range(2)), key=lambda one: one[0])
        print(json.dumps({"task": task, "seconds": best, "values": value}), flush=True)
    except ImportError as error:
        print(json.dumps({"task": task, "gap": str(error)}), flush=True)


def timed(run):
    start = time.perf_counter()
    value = run()
    return time.perf_counter() - start, value


def debiased_parts(x, y, same):
    c = x.T @ y
    a, b = (x * x).sum(1), (y * y).sum(1)
    cross = float(a @ b)
    return (np.sum(c * c) - cross + a.sum() * b.sum() / ((n - 1) * (n - 2)) - 2 * cross / (n - 2)) / (n * (n - 3))


def numpy_pair():
    x, y = (one.astype(np.float64) - one.mean(0, dtype=np.float64) for one in layers[:2])
    return debiased_parts(x, y, False) / np.sqrt(debiased_parts(x, x, True) * debiased_parts(y, y, True))


def numpy_table():
    centred = [one.astype(np.float64) - one.mean(0, dtype=np.float64) for one in layers]
    table = np.array([[debiased_parts(x, y, i == j) if j >= i else 0 for j, y in enumerate(centred)] for i, x in enumerate(centred)])
    d = np.sqrt(np.diag(table))
    return float((table / d / d[:, None])[0, 1])


def torch_table():
    import torch
    from torch_cka import CKA

    torch.set_num_threads(1)

    class Layers(torch.nn.Module):
        """The layers' activations, given by the number of the items that come in."""

        def __init__(self):
            super().__init__()
            self.tensors = [torch.from_numpy(one[:few]) for one in layers]
            self.out = torch.nn.ModuleList(torch.nn.Identity() for _ in range(count))

        def forward(self, items):
            for one, tensor in zip(self.out, self.tensors):
                one(tensor[items])
            return items

    import contextlib
    import io
    import warnings

    warnings.simplefilter("ignore")
    model = Layers()
    names = [f"out.{k}" for k in range(count)]
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        cka = CKA(model, model, model1_layers=names, model2_layers=names)
        data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(few)), batch_size=few)
        cka.compare(data, data)
    return float(cka.export()["CKA"][0, 1])


def toolbox_table():
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm, compare, concat

    rdms = concat([calc_rdm(Dataset(one[:few].astype(np.float64)), method="correlation") for one in layers])
    return float(compare(rdms, rdms, method="spearman")[0, 1])


say("pair", numpy_pair)
say("table", numpy_table)
say("few cka", torch_table)
say("few rsa", toolbox_table)
