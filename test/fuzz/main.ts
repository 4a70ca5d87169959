import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FORMATS } from "../../src/formats/registry.ts";
import { caseOf, corpusOf } from "./corpus.ts";
import { type FuzzReport, fuzz } from "./fuzz.ts";

/**
 * One format in this process: `node main.cjs ROOT WORKER SEED CASES SECONDS FORMAT`, or the formats' ids without one. What is found is written
 * into out/fuzz, with the number that makes it again.
 */
const [root = "", worker = "", seed = "1", cases = "10000", seconds = "0", format] = process.argv.slice(2);

async function run(id: string): Promise<number> {
  const seeds = corpusOf(root).get(id) ?? [];
  if (seeds.length === 0) {
    console.error(`${id}: no fixture below test/fixtures is a file of this format. Add a small valid one.`);
    return 1;
  }
  const report = await fuzz({
    root,
    worker,
    format: id,
    seed: Number(seed),
    cases: Number(cases),
    ...(Number(seconds) > 0 ? { seconds: Number(seconds) } : {}),
  });
  console.log(lineOf(report, seeds.length));
  for (const { index, what } of report.findings) {
    const one = caseOf(seeds, id, Number(seed), index);
    const folder = join(root, "out", "fuzz", id, String(index));
    for (const [name, bytes] of [...one.beside, [one.name, one.bytes] as const]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    console.log(
      `  finding: seed ${seed} case ${index}, from ${one.seed}${one.besideChanged === null ? "" : ` (${one.besideChanged})`}, in ${folder}`,
    );
    console.log(what.replace(/^/gm, "    "));
  }
  return report.findings.length === 0 ? 0 : 1;
}

function lineOf(
  { format: id, cases: done, opened, refused, worst, megabytes, findings }: FuzzReport,
  seeds: number,
): string {
  const errors = Object.entries(refused)
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code} ${count}`);
  return [
    `${id}: ${done} cases of ${seeds} fixtures`,
    `${opened} opened`,
    `refused: ${errors.join(", ") || "none"}`,
    `slowest ${worst.milliseconds.toFixed(0)} ms (case ${worst.index})`,
    `peak ${Math.round(megabytes)} MB`,
    `${findings.length} findings`,
  ].join(" · ");
}

if (format === undefined) console.log(FORMATS.map(({ manifest }) => manifest.id).join("\n"));
else process.exitCode = await run(format);
