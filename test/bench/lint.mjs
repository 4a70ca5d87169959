// `npm run bench:lint`: a Python source of 10,000 lines under the lint, cold and after a key, beside their aims. Each cold run is a process of its own.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HISTORICAL = join(ROOT, "test/fixtures/lint/historical");
const LINES = 10_000;
const RUNS = 3;
const AIMS = { cold: 300, key: 50 };

/** Sources of networks, one behind the other under names of their own, until there are ten thousand lines. */
function longSource() {
  const files = readdirSync(HISTORICAL).map((name) => readFileSync(join(HISTORICAL, name), "utf8"));
  let text = "";
  for (let round = 0; text.split("\n").length < LINES; round++)
    for (const [index, file] of files.entries())
      text += file.replace(/^(class|def) (\w+)/gm, `$1 $2_${round}_${index}`);
  return text.split("\n").slice(0, LINES).join("\n");
}

const out = join(tmpdir(), `modescope-lint-bench-${process.pid}.mjs`);
if (process.argv[2] === "--once") {
  const { SourceLint, DEFAULT_SETTINGS } = await import(process.argv[3]);
  const text = longSource();
  const lint = new SourceLint();
  const timed = (source) => {
    const started = performance.now();
    const { findings } = lint.lint(source, DEFAULT_SETTINGS);
    return { milliseconds: performance.now() - started, findings: findings.length };
  };
  const cold = timed(text);
  const at = text.indexOf("super().__init__()", text.length / 2);
  const keys = Array.from(
    { length: 12 },
    (_, key) => timed(`${text.slice(0, at)}${"x".repeat(key + 1)} = 1; ${text.slice(at)}`).milliseconds,
  );
  console.log(JSON.stringify({ cold: cold.milliseconds, findings: cold.findings, key: keys.sort((a, b) => a - b)[6] }));
} else {
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
    outfile: out,
  });
  const runs = Array.from({ length: RUNS }, () =>
    JSON.parse(
      spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--once", out], { encoding: "utf8" }).stdout,
    ),
  );
  const median = (name) => runs.map((run) => run[name]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  for (const [name, aim] of Object.entries(AIMS))
    console.log(
      `${name.padEnd(5)} ${median(name).toFixed(1).padStart(7)} ms, aim ${aim} ms; median of ${RUNS} processes, ${LINES} lines, ${runs[0].findings} findings`,
    );
}
