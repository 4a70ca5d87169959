"""NumPy, SciPy and PyTorch behind one line of JSON for each question. Matrices come as raw little-endian float32 files."""

import json
import sys
import time

import numpy as np

loaded = {}


def matrix_of(question):
    path = question["path"]
    if path not in loaded:
        loaded.clear()
        values = np.fromfile(path, dtype=np.float32)
        loaded[path] = values.reshape(question["rows"], question["columns"])
    return loaded[path]


def timed(run, repeats=1):
    """Seconds of one run, on average over some in a row, and the last result."""
    start = time.perf_counter()
    for _ in range(repeats):
        result = run()
    return (time.perf_counter() - start) / repeats, result


def residual(a, u, s, v):
    """The largest of ‖Av − σu‖ and ‖Aᵀu − σv‖ over the triplets, in units of σ₁; u, v as columns, computed in float64."""
    a, u, s, v = (np.asarray(x, dtype=np.float64) for x in (a, u, s, v))
    right = np.linalg.norm(a @ v - u * s, axis=0)
    left = np.linalg.norm(a.T @ u - v * s, axis=0)
    return float(max(right.max(), left.max()) / s.max())


def info(_):
    from threadpoolctl import threadpool_info

    versions = {"python": sys.version.split()[0], "numpy": np.__version__}
    for name in ("scipy", "torch", "weightwatcher"):
        try:
            # WeightWatcher greets whoever imports it: its version is asked of the packages' records.
            from importlib.metadata import version

            versions[name] = version(name)
        except Exception:
            pass
    np.linalg.svd(np.eye(4))
    if "torch" in versions:
        import torch

        versions["torch threads"] = torch.get_num_threads()
    pools = [
        {key: pool.get(key) for key in ("internal_api", "version", "architecture", "num_threads")}
        for pool in threadpool_info()
    ]
    return {"versions": versions, "pools": pools}


def values_numpy(question):
    a = matrix_of(question)
    seconds, s = timed(lambda: np.linalg.svd(a, compute_uv=False), question["repeats"])
    return {"seconds": seconds, "top": float(s[0]), "sum": float(s.astype(np.float64).sum())}


def values_torch(question):
    import torch

    a = torch.from_numpy(matrix_of(question))
    seconds, s = timed(lambda: torch.linalg.svdvals(a), question["repeats"])
    return {"seconds": seconds, "top": float(s[0]), "sum": float(s.double().sum())}


def vectors_numpy(question):
    a = matrix_of(question)
    seconds, (_, s, _) = timed(lambda: np.linalg.svd(a, full_matrices=False), question["repeats"])
    return {"seconds": seconds, "top": float(s[0]), "sum": float(s.astype(np.float64).sum())}


def vectors_torch(question):
    import torch

    a = torch.from_numpy(matrix_of(question))
    seconds, (_, s, _) = timed(lambda: torch.linalg.svd(a, full_matrices=False), question["repeats"])
    return {"seconds": seconds, "top": float(s[0]), "sum": float(s.double().sum())}


def top_svds(question):
    from scipy.sparse.linalg import svds

    a = matrix_of(question)
    seconds, (u, s, vt) = timed(
        lambda: svds(a, k=question["k"], tol=question["tolerance"], random_state=np.random.default_rng(1))
    )
    return {"seconds": seconds, "top": float(s.max()), "residual": residual(a, u, s, vt.T)}


def top_lowrank(question):
    import torch

    a = torch.from_numpy(matrix_of(question))
    torch.manual_seed(1)
    k = question["k"]
    seconds, (u, s, v) = timed(lambda: torch.svd_lowrank(a, q=question["q"], niter=question["niter"]))
    return {"seconds": seconds, "top": float(s[0]), "residual": residual(a, u[:, :k], s[:k], v[:, :k])}


def density_numpy(question):
    """Stochastic Lanczos quadrature on AᵀA by Golub–Kahan from random starts, all probes at once, as one would write it in NumPy."""
    a = matrix_of(question)
    probes, steps = question["probes"], question["steps"]

    def run():
        rng = np.random.default_rng(1)
        v = rng.standard_normal((a.shape[1], probes)).astype(np.float32)
        v /= np.linalg.norm(v, axis=0)
        alphas, betas = [], []
        u_before, beta = np.zeros((a.shape[0], probes), np.float32), np.zeros(probes, np.float32)
        for _ in range(steps):
            u = a @ v - beta * u_before
            alpha = np.linalg.norm(u, axis=0)
            u /= alpha
            w = a.T @ u - alpha * v
            beta = np.linalg.norm(w, axis=0)
            v = w / beta
            u_before = u
            alphas.append(alpha)
            betas.append(beta)
        nuclear = 0.0
        for probe in range(probes):
            b = np.diag([x[probe] for x in alphas]) + np.diag([x[probe] for x in betas[:-1]], 1)
            _, theta, right = np.linalg.svd(b)
            nuclear += a.shape[1] * (right[:, 0] ** 2 * theta).sum() / probes
        return float(nuclear)

    seconds, nuclear = timed(run)
    return {"seconds": seconds, "sum": nuclear}


def convert_numpy(question):
    raw = np.fromfile(question["path"], dtype=np.float16)
    seconds, out = timed(lambda: raw.astype(np.float32))
    return {"seconds": seconds, "elements": int(out.size)}


def convert_torch(question):
    import torch

    dtype = getattr(torch, question["torch"])
    raw = torch.from_numpy(np.fromfile(question["path"], dtype=np.uint8)).view(dtype)
    seconds, out = timed(lambda: raw.to(torch.float32))
    return {"seconds": seconds, "elements": out.numel()}


def reference(question):
    """LAPACK in float64: the values only."""
    values = np.fromfile(question["path"], dtype=np.float64)
    s = np.linalg.svd(values.reshape(question["rows"], question["columns"]), compute_uv=False)
    return {"values": [float(x) for x in s]}


TASKS = {
    task.__name__: task
    for task in (
        info,
        values_numpy,
        values_torch,
        vectors_numpy,
        vectors_torch,
        top_svds,
        top_lowrank,
        density_numpy,
        convert_numpy,
        convert_torch,
        reference,
    )
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = TASKS[request["task"]](request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
