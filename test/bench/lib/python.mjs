// The Python that the peers run in: an environment of its own in the cache, with pinned versions. What cannot be installed is a stated gap.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CACHE, findCommand, run } from "../../../scripts/_lib/process.mjs";

/**
 * Each group is one installation that may fail alone; alternatives are tried in order. On Linux the plain build of PyTorch brings gigabytes
 * of CUDA: the CPU build is asked for first, and pip offers it where PIP_EXTRA_INDEX_URL names PyTorch's index of CPU builds.
 */
const GROUPS = [
  { id: "numpy", alternatives: [["numpy==2.4.6", "safetensors==0.8.0", "threadpoolctl==3.8.0"]] },
  { id: "scipy", alternatives: [["scipy==1.17.1"]] },
  { id: "torch", alternatives: [["torch==2.13.0+cpu"], ["torch==2.13.0"]] },
  {
    id: "weightwatcher",
    alternatives: [
      ["weightwatcher==0.7.7", "pandas==3.1.1", "matplotlib==3.11.2", "powerlaw==2.0.0", "scikit-learn==1.9.1"],
    ],
  },
];

/** { python, installed: ids, gaps: { id: why } }; `python` is null where there is none at all. */
export async function ensurePython(say = console.log) {
  const everything = (why) => ({
    python: null,
    installed: [],
    gaps: Object.fromEntries(GROUPS.map(({ id }) => [id, why])),
  });
  const base = findCommand("python3", "python");
  if (base === undefined) return everything("no Python was found on the PATH");
  const digest = createHash("sha256").update(JSON.stringify(GROUPS)).digest("hex").slice(0, 12);
  const folder = join(CACHE, "bench", `python-${digest}`);
  const python = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const record = join(folder, "installed.json");
  if (existsSync(record)) {
    const known = JSON.parse(await readFile(record, "utf8"));
    if (Object.keys(known.gaps).length === 0) return { python, ...known };
  } else {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(CACHE, "bench"), { recursive: true });
    say(`Making a Python environment in ${folder} (once; a few hundred megabytes).`);
    const { code, output } = await run(base, ["-m", "venv", folder], { quiet: true });
    if (code !== 0) return everything(`python -m venv failed: ${lastLine(output)}`);
  }
  const installed = [];
  const gaps = {};
  for (const { id, alternatives } of GROUPS) {
    const why = await install(python, alternatives);
    if (why === null) installed.push(id);
    else {
      gaps[id] = why;
      say(`${id} could not be installed: ${why}`);
    }
  }
  await writeFile(record, JSON.stringify({ installed, gaps }));
  return { python, installed, gaps };
}

async function install(python, alternatives) {
  let why = "";
  for (const words of alternatives) {
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", ...words];
    const { code, output } = await run(python, args, { quiet: true, timeout: 1_800_000 });
    if (code === 0) return null;
    why = lastLine(output);
  }
  return why;
}

function lastLine(output) {
  return output.trim().split("\n").at(-1)?.slice(0, 300) ?? "no reason was given";
}

/**
 * The environment of a peer: what a machine's owner set to steer libraries is taken out, so that each chooses its kernels as on any other
 * machine; `threads` null leaves the number to the library.
 */
export function peerEnvironment(threads) {
  const env = { ...process.env, PYTHONUNBUFFERED: "1", PYTHONIOENCODING: "utf8", MPLBACKEND: "agg" };
  for (const name of Object.keys(env)) if (/^(OPENBLAS|MKL|OMP|KMP|GOTO|BLIS)_/.test(name)) delete env[name];
  if (threads !== null)
    for (const name of ["OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM", "NUMEXPR"])
      env[`${name}_NUM_THREADS`] = String(threads);
  return env;
}
