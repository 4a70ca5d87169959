// `npm run bench:kernels`: every kernel set next to ml-matrix and, if a Python with NumPy is there, to NumPy on one thread. One run, interleaved.
// MODESCOPE_PYTHON names the Python; MODESCOPE_SIZES the sizes, comma-separated.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { build } from "esbuild";
import { buildKernels } from "../../scripts/kernels.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SIZES = (process.env.MODESCOPE_SIZES ?? "256,512,1024,2048").split(",").map(Number);
const ROUNDS = 3;
/** Beyond this, the slow peers would take the whole run. */
const SLOW_LIMIT = 512;

/** Floating-point operations of each task at size n. */
const TASKS = {
  "gemm f64": (n) => 2 * n ** 3,
  "gemm f32": (n) => 2 * n ** 3,
  "syrk f32→f64": (n) => n ** 3,
  "syr2k f64, k=64": (n) => 2 * n * n * 64,
  "symm f64": (n) => 2 * n ** 3,
  "symv f64": (n) => 2 * n * n,
  "gemv f64": (n) => 2 * n * n,
  "tridiagonal panel of 32": (n) => 2 * n * n * 32,
  "band 32 → tridiagonal": (n) => 6 * n * n * 32,
  "qr f64, 64 columns": (n) => 4 * n * 64 * 64 - (4 / 3) * 64 ** 3,
  "apply Q of 64 to 64": (n) => 4 * n * 64 * 64,
  "one-sided Jacobi, 64 rows": (n) => 64 * 63 * 0.5 * 14 * n,
};

async function loadSets() {
  await buildKernels();
  const folder = await mkdtemp(join(tmpdir(), "modescope-kernels-"));
  try {
    const outfile = join(folder, "load.mjs");
    await build({
      entryPoints: [join(ROOT, "src/numerics/kernels/load.ts")],
      bundle: true,
      format: "esm",
      target: "node20",
      outfile,
      logLevel: "error",
    });
    return (await import(pathToFileURL(outfile).href)).loadKernels;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function fill(values) {
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return values;
}

/** Runs `body` on operands of size n; returns seconds for each task. */
function measureSet(kernels, n, tasks) {
  const { memory } = kernels;
  return memory.scope((3 * n * n + 260 * n) * 8 + 2 ** 20, () => {
    const square = (data) => ({ data, rows: n, columns: n, stride: n });
    const times = {};
    const time = (task, run) => {
      if (!tasks.includes(task)) return;
      run();
      const once = clock(run);
      const repeats = Math.max(1, Math.min(200, Math.round(0.1 / once)));
      times[task] =
        clock(() => {
          for (let i = 0; i < repeats; i++) run();
        }) / repeats;
    };
    memory.scope(3 * n * n * 8 + 2 * n * 64 * 8, () => {
      const [a, b, c] = [0, 0, 0].map(() => square(fill(memory.float64(n * n))));
      time("gemm f64", () => kernels.gemm64(c, a, b));
      time("symm f64", () => kernels.symm64(c, a, b));
      const skinny = () => ({ data: fill(memory.float64(n * 64)), rows: n, columns: 64, stride: 64 });
      const [v, w] = [skinny(), skinny()];
      time("syr2k f64, k=64", () => kernels.syr2k64(c, v, w));
      const [x, y] = [v.data.subarray(0, n), w.data.subarray(0, n)];
      time("symv f64", () => kernels.symv64(y, a, x));
      time("gemv f64", () => kernels.gemv64(y, a, x));
    });
    memory.scope(3 * n * n * 8, () => {
      const [a, b, c] = [0, 0, 0].map(() => square(fill(memory.float32(n * n))));
      time("gemm f32", () => kernels.gemm32(c, a, b));
      const gram = square(memory.float64(n * n));
      time("syrk f32→f64", () => kernels.syrk64(gram, a));
    });
    memory.scope(n * n * 8 + 2 * n * 64 * 8 + 4 * n * 8, () => {
      const a = square(fill(memory.float64(n * n)));
      const rows = () => ({ data: fill(memory.float64(n * 32)), rows: 32, columns: n, stride: n });
      const [v, w] = [rows(), rows()];
      const [diagonal, subdiagonal, taus] = [n, n, n].map((length) => memory.float64(length));
      time("tridiagonal panel of 32", () => kernels.tridiagonalPanel64(a, 0, v, w, { diagonal, subdiagonal, taus }));
    });
    memory.scope((3 * n * 64 + 128) * 8, () => {
      const tall = () => ({ data: memory.float64(n * 64), rows: n, columns: 64, stride: 64 });
      const [a, c, taus] = [tall(), tall(), memory.float64(64)];
      // Factored again and again: what it leaves behind would be a triangle the next time.
      time("qr f64, 64 columns", () => {
        fill(a.data);
        kernels.qr64(a, taus);
      });
      fill(c.data);
      time("apply Q of 64 to 64", () => kernels.applyQ64(c, a, taus));
      const wide = { data: memory.float64(64 * n), rows: 64, columns: n, stride: n };
      const exponents = memory.float64(64);
      time("one-sided Jacobi, 64 rows", () => {
        fill(wide.data);
        kernels.jacobiSweep64(wide, exponents, 0);
      });
    });
    memory.scope((33 + 2 + 64) * n * 8, () => {
      const band = fill(memory.float64(33 * n));
      const [d, e] = [memory.float64(n), memory.float64(n)];
      time("band 32 → tridiagonal", () => kernels.bandToTridiagonal64(d, e, band, 32));
    });
    return times;
  });
}

function clock(run) {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

const PYTHON = `
import sys, time, json, numpy as np
print(json.dumps(np.__version__), flush=True)
def best(run):
    run(); t = time.perf_counter(); run(); once = time.perf_counter() - t
    repeats = max(1, min(200, round(0.1 / max(once, 1e-9))))
    t = time.perf_counter()
    for _ in range(repeats): run()
    return (time.perf_counter() - t) / repeats
for line in sys.stdin:
    n = int(line); r = np.random.default_rng(1)
    a, b, x = r.standard_normal((n, n)), r.standard_normal((n, n)), r.standard_normal(n)
    f, g = a.astype(np.float32), b.astype(np.float32)
    c, h, y = np.empty((n, n)), np.empty((n, n), np.float32), np.empty(n)
    def gram():
        w = f.astype(np.float64); np.matmul(w, w.T, out=c)
    print(json.dumps({"gemm f64": best(lambda: np.matmul(a, b, out=c)), "gemm f32": best(lambda: np.matmul(f, g, out=h)),
        "syrk f32→f64": best(gram), "gemv f64": best(lambda: np.matmul(a, x, out=y))}), flush=True)
`;

/** NumPy in a process of its own that answers one line for each size. */
async function startNumpy() {
  for (const python of [process.env.MODESCOPE_PYTHON, "/opt/msvenv/bin/python", "python3"]) {
    if (python === undefined) continue;
    const env = { ...process.env, PYTHONIOENCODING: "utf8" };
    for (const name of ["OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM"]) env[`${name}_NUM_THREADS`] = "1";
    const child = spawn(python, ["-c", PYTHON], { env, stdio: ["pipe", "pipe", "ignore"] });
    const lines = answers(child);
    const version = await lines();
    if (version !== undefined) {
      return {
        version,
        measure: (n) => {
          child.stdin.write(`${n}\n`);
          return lines();
        },
        stop: () => child.stdin.end(),
      };
    }
  }
  return undefined;
}

function answers(child) {
  let text = "";
  let ended = false;
  let wake = () => {};
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    wake();
  });
  for (const event of ["error", "close"]) {
    child.on(event, () => {
      ended = true;
      wake();
    });
  }
  return async () => {
    while (!text.includes("\n") && !ended) await new Promise((resolve) => (wake = resolve));
    const end = text.indexOf("\n");
    if (end < 0) return undefined;
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return JSON.parse(line);
  };
}

async function main() {
  // Node 20 has relaxed SIMD behind this flag; later versions have it on and may complain about the flag, once.
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  const loadKernels = await loadSets();
  const sets = ["wide", "multiply-add", "simd", "plain"]
    .map((only) => loadKernels({ only }))
    .filter((set, at, all) => all.findIndex(({ name }) => name === set.name) === at);
  const { Matrix } = await import("ml-matrix");
  const numpy = await startNumpy();
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, V8 ${process.versions.v8}, one thread; GFLOP/s, best of ${ROUNDS}.`,
  );
  console.log(
    numpy === undefined ? "No Python with NumPy was found: that column is missing." : `NumPy ${numpy.version}.`,
  );
  const columns = [...sets.map(({ name }) => name), "ml-matrix", ...(numpy ? ["numpy"] : [])];
  console.log(`\n${"".padEnd(30)}${columns.map((name) => name.padStart(14)).join("")}`);
  for (const n of SIZES) {
    const best = {};
    const keep = (name, times) => {
      for (const [task, seconds] of Object.entries(times)) {
        best[task] ??= {};
        best[task][name] = Math.min(best[task][name] ?? Number.POSITIVE_INFINITY, seconds);
      }
    };
    for (let round = 0; round < ROUNDS; round++) {
      for (const set of sets) {
        const slow = set.name === "plain" && n > SLOW_LIMIT;
        keep(set.name, measureSet(set, n, slow ? ["symv f64", "gemv f64"] : Object.keys(TASKS)));
      }
      if (n <= SLOW_LIMIT && round === 0) {
        const [a, b] = [Matrix.rand(n, n), Matrix.rand(n, n)];
        a.mmul(b);
        keep("ml-matrix", { "gemm f64": clock(() => a.mmul(b)) });
      }
      if (numpy) keep("numpy", await numpy.measure(n));
    }
    for (const [task, flops] of Object.entries(TASKS)) {
      const cells = columns.map((name) => {
        const seconds = best[task]?.[name];
        return (seconds === undefined ? "–" : (flops(n) / seconds / 1e9).toFixed(1)).padStart(14);
      });
      console.log(`${`${task}, n=${n}`.padEnd(30)}${cells.join("")}`);
    }
  }
  numpy?.stop();
}

await main();
