// `npm run fuzz [-- --format ID --cases N --seed S --seconds T]`: damaged copies of every format's fixtures, opened and read to the end. Each format
// in a process of its own, so that its peak of memory is its own. Ends with 1 if anything but a typed error came out.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { ROOT, SetupError } from "./_lib/process.mjs";
import { ensurePackages } from "./_lib/setup.mjs";

const OUT = join(ROOT, "out", "fuzz", "bundles");

/** The program and its worker, bundled: the oldest Node that we run on does not read TypeScript. */
async function bundleFuzzer(outdir) {
  const entries = { main: "test/fuzz/main.ts", worker: "test/fuzz/worker.ts" };
  await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  return { main: join(outdir, "main.mjs"), worker: join(outdir, "worker.mjs") };
}

async function main() {
  const { values } = parseArgs({
    options: {
      format: { type: "string" },
      cases: { type: "string", default: "10000" },
      seed: { type: "string", default: "1" },
      seconds: { type: "string", default: "0" },
    },
  });
  for (const name of ["cases", "seed", "seconds"])
    if (!/^\d+$/.test(values[name])) throw new SetupError(`--${name} needs a whole number.`);
  await ensurePackages();
  const bundles = await bundleFuzzer(OUT);
  const call = (...more) => [bundles.main, ROOT, bundles.worker, values.seed, values.cases, values.seconds, ...more];
  const { stdout } = spawnSync(process.execPath, call(), { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const formats = stdout.trim().split("\n");
  if (values.format !== undefined && !formats.includes(values.format))
    throw new SetupError(`There is no format ${values.format}; there are ${formats.join(", ")}.`);
  let broken = 0;
  for (const format of values.format === undefined ? formats : [values.format]) {
    const { status } = spawnSync(process.execPath, call(format), { stdio: "inherit" });
    if (status !== 0) broken += 1;
  }
  if (broken > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
  process.exitCode = 1;
}
