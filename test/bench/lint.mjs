// `npm run bench:lint`: Python sources of 10,000 lines under the lint, cold and after a key, beside their aims and beside ruff and pyflakes in the same run.
// Cold: a process of its own has loaded the bundle and lints for the first time; from the text to the report that an editor asks for (without the laws that only a
// checkpoint is compared with). Its start, the loading of the bundle and the way of the report to another process are said beside it. MODESCOPE_PYTHON names a Python; where it has timm, real code is linted too, and where it has ruff or pyflakes, they are the peers.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HISTORICAL = join(ROOT, "test/fixtures/lint/historical");
const LINES = 10_000;
const RUNS = 5;
const KEYS = 16;
/** What must be reached, and what we aim at, in milliseconds. */
const BOUNDS = { cold: [300, 60], key: [50, 5] };

/** Sources of networks, one behind the other under names of their own, until there are ten thousand lines. */
function networks() {
  const files = readdirSync(HISTORICAL).map((name) => readFileSync(join(HISTORICAL, name), "utf8"));
  let text = "";
  for (let round = 0; text.split("\n").length < LINES; round++)
    for (const [index, file] of files.entries())
      text += file.replace(/^(class|def) (\w+)/gm, `$1 $2_${round}_${index}`);
  return text.split("\n").slice(0, LINES).join("\n");
}

/** timm's models, one behind the other: code that nobody here wrote. */
function realCode(python) {
  const found =
    python === undefined
      ? ""
      : asked(python, "import importlib.util as u; print((u.find_spec('timm').submodule_search_locations or [''])[0])");
  const folder = join(found.trim(), "models");
  if (found.trim() === "" || !existsSync(folder)) return null;
  let text = "";
  for (const name of readdirSync(folder)
    .filter((one) => one.endsWith(".py"))
    .sort()) {
    text += `${readFileSync(join(folder, name), "utf8")}\n`;
    if (text.split("\n").length > LINES) break;
  }
  return text.split("\n").slice(0, LINES).join("\n");
}

function asked(python, code) {
  return spawnSync(python, ["-c", code], { encoding: "utf8" }).stdout ?? "";
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const shown = (milliseconds) => `${milliseconds.toFixed(1)} ms`.padStart(10);

/** Processor time of the thread that lints, where the system tells it: what the wall clock would say on a machine with nothing else to do. */
function processorTime() {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, "utf8").split(" ")[0]) / 1e6 : Number.NaN;
}

async function once(core, file) {
  const [begun, idle] = [performance.now(), processorTime()];
  const { SourceLint, DEFAULT_SETTINGS } = await import(core);
  const text = readFileSync(file, "utf8");
  const loaded = { wall: performance.now() - begun, busy: processorTime() - idle };
  const lint = new SourceLint();
  let report = null;
  const timed = (source) => {
    const [started, busy] = [performance.now(), processorTime()];
    report = lint.lint(source, DEFAULT_SETTINGS, false);
    const { findings, unread } = report;
    return {
      wall: performance.now() - started,
      busy: processorTime() - busy,
      findings: findings.length,
      unread: unread.length,
    };
  };
  const cold = timed(text);
  const packing = processorTime();
  const { length } = serialize(report);
  const sent = { busy: processorTime() - packing, length };
  if (process.argv[5] === "--cold") return;
  const at = text.indexOf("super().__init__()", text.length / 2);
  const keys = Array.from({ length: KEYS }, (_, key) =>
    timed(`${text.slice(0, at)}${"x".repeat(key + 1)} = 1; ${text.slice(at)}`),
  );
  const key = { wall: median(keys.map((one) => one.wall)), busy: median(keys.map((one) => one.busy)) };
  console.log(JSON.stringify({ loaded, cold, sent, key }));
}

/** Median wall time of a command on the file, its process included. */
function peer(command, args) {
  const times = Array.from({ length: RUNS }, () => {
    const started = performance.now();
    spawnSync(command, args, { encoding: "utf8" });
    return performance.now() - started;
  });
  return median(times);
}

function measure(what, text, core, folder, python) {
  const file = join(folder, `${what.replaceAll(" ", "_")}.py`);
  writeFileSync(file, text);
  const script = fileURLToPath(import.meta.url);
  const runs = Array.from({ length: RUNS }, () =>
    JSON.parse(spawnSync(process.execPath, [script, "--once", core, file], { encoding: "utf8" }).stdout),
  );
  const [{ cold }] = runs;
  console.log(
    `${what}: ${LINES} lines, ${text.length} characters, ${cold.findings} findings, ${cold.unread} parts left out; load ${loadavg()[0].toFixed(1)}`,
  );
  for (const [name, [bound, aim]] of Object.entries(BOUNDS)) {
    const wall = median(runs.map((run) => run[name].wall));
    const busy = median(runs.map((run) => run[name].busy));
    console.log(
      `  ${name.padEnd(5)} ${shown(wall)} by the clock, ${shown(busy)} of its thread's processor time: ${(bound / busy).toFixed(2)} of the bound's speed (${bound} ms), ${(aim / busy).toFixed(2)} of the aim's (${aim} ms)`,
    );
  }
  const load = median(runs.map((run) => run.loaded.busy));
  const send = median(runs.map((run) => run.sent.busy));
  console.log(
    `  beside it, of processor time: ${shown(load)} to load the bundle, ${shown(send)} to pack a report of ${(runs[0].sent.length / 1000).toFixed(0)} kB`,
  );
  const whole = median(
    Array.from({ length: RUNS }, () => {
      const started = performance.now();
      spawnSync(process.execPath, [script, "--once", core, file, "--cold"], { encoding: "utf8" });
      return performance.now() - started;
    }),
  );
  console.log(`  whole process, cold: ${shown(whole)}`);
  if (python === undefined) return;
  for (const [name, args] of [
    ["ruff", ["-m", "ruff", "check", "--no-cache", "--exit-zero", "--quiet", file]],
    ["pyflakes", ["-m", "pyflakes", file]],
  ]) {
    if (asked(python, `import importlib.util as u; print(u.find_spec('${name}') is not None)`).trim() !== "True") {
      console.log(`  ${name}: not in ${python}`);
      continue;
    }
    const theirs = peer(python, args);
    console.log(`  ${name.padEnd(8)} ${shown(theirs)} as a process: ${(theirs / whole).toFixed(2)} of our time`);
  }
}

if (process.argv[2] === "--once") await once(process.argv[3], process.argv[4]);
else {
  const folder = mkdtempSync(join(tmpdir(), "modescope-lint-"));
  try {
    const core = join(folder, "core.mjs");
    await build({
      stdin: {
        contents:
          'export { SourceLint } from "./src/lint/source/sourceLint.ts"; export { DEFAULT_SETTINGS } from "./src/lint/types.ts";',
        resolveDir: ROOT,
      },
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm",
      outfile: core,
    });
    const python = process.env.MODESCOPE_PYTHON;
    measure("nothing but networks", networks(), core, folder, python);
    const real = realCode(python);
    if (real === null) console.log("real code: set MODESCOPE_PYTHON to a Python that has timm.");
    else measure("real code", real, core, folder, python);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
