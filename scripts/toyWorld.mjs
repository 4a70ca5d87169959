// The toy world's page (docs/toy-world.md): every number between its marks by the command line itself, and pictures of the report.
// `node scripts/toyWorld.mjs` writes both; `--check` fails where the page says other numbers than the product. Needs `npm run build`.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { openChromium } from "./_lib/browser.mjs";
import { ROOT } from "./_lib/process.mjs";

const PAGE = join(ROOT, "docs", "toy-world.md");
const WORLD = "samples/toy-world/four-items";
const TABLE = `${WORLD}/data.csv`;
const step = (number) => `${WORLD}/checkpoints/step-${String(number).padStart(4, "0")}.safetensors`;
const STEPS = [0, 200, 300, 500, 700, 1250];

async function modescope(...args) {
  const call = [join(ROOT, "dist/node/cli.cjs"), ...args, "--no-cache"];
  return (await promisify(execFile)(process.execPath, call, { cwd: ROOT, maxBuffer: 2 ** 26 })).stdout;
}

const modes = async (...args) => JSON.parse(await modescope("modes", TABLE, "--json", ...args));
const minus = (text) => text.replace("-", "−");
const number = (value, digits = 6) =>
  minus(Math.abs(value) < 0.5 * 10 ** -digits ? "0" : String(Number(value.toFixed(digits))));
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const rowOf = (document, side, index) => {
  const length = side === "left" ? document.rows : document.columns;
  return document[side].slice(index * length, (index + 1) * length);
};

/** The larger pole is positive already; the second mode is told from the animals' side, as the paper does. */
function told(document, index) {
  const [u, v] = [rowOf(document, "left", index), rowOf(document, "right", index)];
  const sign = index === 1 ? Math.sign(v[0]) : 1;
  return { u: u.map((value) => sign * value), v: v.map((value) => sign * value) };
}

async function ofTheTable() {
  const few = ["--draws", "20"];
  const [sum, mean, centred] = await Promise.all([modes(...few), modes("--mean", ...few), modes("--centre", ...few)]);
  const groups = sum.modes.filter(({ group, index }) => group[0] === index);
  const items = sum.labels.columns;
  const strengths = table(
    ["mode", "σ, sum", "σ, mean", "share", ...items.map((name) => `v ${name}`)],
    groups.map(({ index, group }) => [
      group.map((one) => one + 1).join(", "),
      number(sum.modes[index].singularValue, 9),
      number(mean.modes[index].singularValue, 9),
      `${(100 * group.reduce((part, one) => part + sum.modes[one].share, 0)).toFixed(1)} %`,
      ...(group.length > 1 ? items.map(() => "") : told(sum, index).v.map((value) => number(value))),
    ]),
  );
  const prototypes = table(
    ["mode", ...sum.labels.rows.map((name) => `u ${name}`)],
    groups
      .filter(({ group }) => group.length === 1)
      .map(({ index }) => [index + 1, ...told(sum, index).u.map((value) => number(value))]),
  );
  // Eqs 12–14: each side of a mode is the table's average over the other.
  let worst = 0;
  const lines = (await readFile(join(ROOT, TABLE), "utf8")).trim().split("\n").slice(1);
  const world = lines.map((line) => line.split(",").slice(1).map(Number));
  for (const { index, singularValue } of mean.modes) {
    const [u, v] = [rowOf(mean, "left", index), rowOf(mean, "right", index)];
    for (const i of v.keys()) {
      const average = u.reduce((total, value, p) => total + value * world[i][p], 0);
      worst = Math.max(worst, Math.abs(v[i] - average / (sum.columns * singularValue)));
    }
  }
  return [
    strengths,
    "Modes 3 and 4 are one subspace: no vector inside it is better founded than another, so none is written down.",
    prototypes,
    `Typicality is the average of what an item has, weighted by the prototype: v = (1/(P·σ))·Σ u·o with σ of the mean convention holds to ${worst < 1e-6 ? "1e−6 (vectors are kept as float32)" : worst}.`,
    `With each property's mean over the items taken away the strengths are ${centred.modes.map(({ singularValue }) => number(singularValue)).join(", ")}: what all items share is no mode any more. Their squares are the eigenvalues of classical scaling.`,
  ].join("\n\n");
}

async function ofTheTree() {
  const { hierarchy } = await modes("--geometry", "behaviour");
  const rows = hierarchy.modes
    .filter(({ group, index }) => group[0] === index)
    .map(({ group, nodes, purity, purityNull }) => [
      group.map((one) => one + 1).join(", "),
      nodes.map((node) => (node < 0 ? "what all share" : `split of ${hierarchy.nodes[node].size}`)).join(", "),
      number(purity, 3),
      number(purityNull, 3),
    ]);
  const heights = [...new Set(hierarchy.nodes.map(({ height }) => number(height)))].join(" and ");
  return [
    `Items are ${heights} apart where the splits join them; cophenetic correlation ${number(hierarchy.copheneticCorrelation.value, 3)}, four-point defect ${number(hierarchy.relativeDelta.value, 3)}.`,
    table(["mode", "makes", "purity", "95 % of permutations"], rows),
  ].join("\n\n");
}

async function ofTheNetwork() {
  const rows = STEPS.map(async (at) => {
    const { network, chain, modes: all } = await modes("--network", step(at), "--draws", "20");
    const [joint] = chain.joints;
    const groups = all.filter(({ group, index }) => group[0] === index);
    return [
      at,
      ...groups.map(({ index }) => number(network.strengths[index], 3)),
      number(network.offDiagonal, 3),
      number(joint.alignment, 3),
      number(chain.fingerprint, 3),
    ];
  });
  return table(["step", "a₁", "a₂", "a₃, a₄", "off-diagonal ρ", "alignment", "fingerprint"], await Promise.all(rows));
}

async function withNumbers(page) {
  const [world, tree, network] = await Promise.all([ofTheTable(), ofTheTree(), ofTheNetwork()]);
  const parts = { table: world, tree, network };
  return Object.entries(parts).reduce((text, [id, body]) => {
    const block = new RegExp(`(<!-- ${id} -->\n)[\\s\\S]*?(<!-- /${id} -->)`);
    if (!block.test(text)) throw new Error(`docs/toy-world.md has no mark ${id}.`);
    return text.replace(block, (_, open, close) => `${open}\n${body}\n\n${close}`);
  }, page);
}

async function photograph() {
  const folder = await mkdtemp(join(tmpdir(), "modescope-toy-"));
  const browser = await openChromium();
  try {
    const report = join(folder, "report.html");
    await modescope("modes", TABLE, "--network", step(1250), "--html", report);
    const { page } = browser;
    await page.setViewportSize({ width: 1200, height: 980 });
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await page.goto(pathToFileURL(report).href);
      await page.locator(".ms-tree").waitFor();
      await page.screenshot({ path: join(ROOT, "docs", "images", `toy-world-${colorScheme}.png`) });
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const before = await readFile(PAGE, "utf8");
const after = await withNumbers(before);
/** The formatter pads the cells of tables. */
const words = (page) => page.replace(/ +/g, " ").replace(/-{3,}/g, "---");
if (process.argv.includes("--check")) {
  if (words(before) !== words(after)) {
    console.error("docs/toy-world.md says other numbers than the product: run `node scripts/toyWorld.mjs`.");
    process.exitCode = 1;
  }
} else {
  await writeFile(PAGE, after);
  await photograph();
  console.log("docs/toy-world.md and its pictures are written.");
}
