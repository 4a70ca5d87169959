"""Comparisons of representations as a person would have them from Python, one line of JSON for each question.

python similarity.py FOLDER THREADS: layers.f32 (raw, layer after layer) and shape.json (items, dimensions, layers, few) lie there.
"""

import contextlib
import io
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")
folder, threads = Path(sys.argv[1]), int(sys.argv[2])
shape = json.loads((folder / "shape.json").read_text())
n, p, count, few = shape["items"], shape["dimensions"], shape["layers"], shape["few"]
layers = np.fromfile(folder / "layers.f32", dtype=np.float32).reshape(count, n, p)


def centred(layer, dtype):
    return layer.astype(dtype) - layer.mean(0, dtype=np.float64).astype(dtype)


def unbiased(m, total, cross, a, b):
    """HSIC1 of m items without its factor, from the sum over all entries, over products of diagonals, and the traces."""
    return total - cross + a * b / ((m - 1) * (m - 2)) - 2 * cross / (m - 2)


def hsic(x, y, interval):
    """HSIC1, and of all items but each (Song et al. 2012; rows of centred Gram matrices add up to zero)."""
    c = x.T @ y
    a, b = np.einsum("ij,ij->i", x, x, dtype=np.float64), np.einsum("ij,ij->i", y, y, dtype=np.float64)
    total, cross, sa, sb = float(np.einsum("ij,ij->", c, c, dtype=np.float64)), float(a @ b), a.sum(), b.sum()
    value = unbiased(n, total, cross, sa, sb) / (n * (n - 3))
    if not interval:
        return value, None
    own = np.einsum("ij,ij->i", x @ c, y, dtype=np.float64) - a * b
    first, second = x @ (x.T @ b.astype(x.dtype)), y @ (y.T @ a.astype(x.dtype))
    rest = cross - a * b + (first - a * b) + (second - a * b) + own
    m = n - 1
    left = total - cross - 2 * own + (sa - 2 * a) * (sb - 2 * b) / ((m - 1) * (m - 2)) - 2 * rest / (m - 2)
    return value, left / (m * (m - 3))


def table(which, dtype, interval):
    points = [centred(one, dtype) for one in which]
    found = {(i, j): hsic(points[i], points[j], interval) for i in range(len(which)) for j in range(i, len(which))}
    value = lambda k, i, j: found[i, j][k] / np.sqrt(found[i, i][k] * found[j, j][k])
    if interval:
        without = value(1, 0, 1)
        return float(value(0, 0, 1)), float(np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2)))
    return float(value(0, 0, 1)), None


def of(which):
    return layers[:2] if which == "pair" else layers


def numpy_cka(which, single, interval):
    return table(of(which), np.float32 if single else np.float64, interval)


def torch_cka():
    import torch
    from torch_cka import CKA

    torch.set_num_threads(threads)

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

    model = Layers()
    names = [f"out.{k}" for k in range(count)]
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        cka = CKA(model, model, model1_layers=names, model2_layers=names)
        data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(few)), batch_size=few)
        cka.compare(data, data)
    return float(cka.export()["CKA"][0, 1]), None


def toolbox(method):
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm, compare, concat

    rdms = concat([calc_rdm(Dataset(one[:few].astype(np.float64)), method="correlation") for one in layers])
    return float(compare(rdms, rdms, method=method)[0, 1]), None


def numpy_rsa():
    from scipy.stats import rankdata

    upper = np.triu_indices(few, 1)
    ranks = np.array([rankdata(1 - np.corrcoef(one[:few].astype(np.float64))[upper]) for one in layers])
    return float(np.corrcoef(ranks)[0, 1]), None


def numpy_shuffles(draws):
    """Spearman of every two dissimilarity matrices with the items of one side shuffled: ranks once, as an expert would."""
    from scipy.stats import rankdata

    upper = np.triu_indices(few, 1)
    forms = []
    for one in layers:
        ranks = rankdata(1 - np.corrcoef(one[:few].astype(np.float64))[upper])
        ranks -= ranks.mean()
        whole = np.zeros((few, few))
        whole[upper] = ranks / np.linalg.norm(ranks)
        forms.append(whole + whole.T)
    still = np.array([one[upper] for one in forms])
    random = np.random.default_rng(1)
    total = 0
    for _ in range(draws):
        order = random.permutation(few)
        moved = np.array([one[np.ix_(order, order)][upper] for one in forms])
        total += (still @ moved.T)[0, 1]
    return None, None


def numpy_shapes():
    """Angular shape distance (Williams et al. 2021) of every two layers, each whitened once."""
    points = [centred(one[:few], np.float64) for one in layers]
    points = [one / np.linalg.norm(one) for one in points]
    first = None
    for i in range(count):
        for j in range(i, count):
            value = np.arccos(min(1, np.linalg.svd(points[i].T @ points[j], compute_uv=False).sum()))
            first = value if (i, j) == (0, 1) else first
    return float(first), None


def info():
    versions = {"numpy": np.__version__}
    for name in ("scipy", "torch", "rsatoolbox"):
        try:
            versions[name] = __import__(name).__version__
        except (ImportError, AttributeError):
            pass
    return {"versions": versions}


TASKS = {
    "cka": numpy_cka,
    "torch": torch_cka,
    "toolbox": toolbox,
    "rsa": numpy_rsa,
    "shuffles": numpy_shuffles,
    "shapes": numpy_shapes,
}

for line in sys.stdin:
    question = json.loads(line)
    try:
        if question["task"] == "info":
            answer = info()
        else:
            start, used = time.perf_counter(), time.process_time()
            value, error = TASKS[question["task"]](*question["arguments"])
            answer = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used, "value": value, "error_of_value": error}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
