// Writes what was measured into docs/performance.md and draws its picture.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../scripts/_lib/process.mjs";
import { aimsTable } from "./aims.mjs";
import { titleOf } from "./comparisonTable.mjs";
import { replacePart } from "./document.mjs";
import { pictureOf } from "./picture.mjs";
import { bytes, digits } from "./table.mjs";

const PAGE = "docs/performance.md";
const PICTURE = "docs/images/performance.svg";

/** The files written, relative to the root. */
export async function publish({ facts, rows }, all) {
  if (facts === null) throw new Error("There are no results yet: npm run bench measures first.");
  const { machine } = facts;
  let page = await readFile(join(ROOT, PAGE), "utf8");
  page = replacePart(page, "machine", machineText(facts));
  page = replacePart(page, "aims", aimsTable(rows));
  const bars = [];
  for (const row of all) {
    const result = rows[row.id];
    if (result === undefined) continue;
    page = replacePart(page, row.id, `${row.report(result)}\n\n${whenText(result)}`);
    bars.push(...(row.bars?.(result) ?? []));
  }
  await writeFile(join(ROOT, PAGE), page);
  const caption = `${machine.cpu}, ${machine.cores} cores · ${machine.date} · medians of interleaved rounds`;
  await writeFile(join(ROOT, PICTURE), pictureOf(bars, caption));
  return [PAGE, PICTURE];
}

function whenText({ measured }) {
  return `Measured ${measured.date} at ${measured.commit}.`;
}

function machineText({ machine, contestants, gaps }) {
  const lines = [
    `- Machine: ${machine.cpu}, ${machine.cores} cores, ${bytes(machine.memoryBytes)} of memory, ${machine.system}.`,
    `- Date: ${machine.date}, commit ${machine.commit}.`,
  ];
  for (const [id, facts] of Object.entries(contestants)) lines.push(`- ${titleOf(id)}: ${contestantText(facts)}.`);
  for (const [id, why] of Object.entries(gaps)) lines.push(`- Missing: ${titleOf(id)}, because ${why}.`);
  return lines.join("\n");
}

function contestantText({ node, v8, kernels, switches = [], versions, pools }) {
  if (node !== undefined) {
    const sets = kernels?.candidates
      .map(({ name, gigaflops, refused }) =>
        refused === undefined
          ? `${name}${gigaflops === undefined ? "" : ` ${digits(gigaflops)} GFLOP/s`}`
          : `${name} refused (${refused})`,
      )
      .join(", ");
    const asked = switches.length === 0 ? "" : ` with ${switches.map((name) => `--${name}`).join(" ")}`;
    return `Node ${node}, V8 ${v8}${asked}${kernels === undefined ? "" : `; kernels “${kernels.chosen}” of ${sets}`}`;
  }
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const libraries = pools.map(
    ({ internal_api: api, version, architecture, num_threads: threads }) =>
      `${[api, version, architecture].filter(Boolean).join(" ")} with ${threads} thread${threads === 1 ? "" : "s"}`,
  );
  return `${named.join(", ")}; ${[...new Set(libraries)].join(", ")}`;
}
