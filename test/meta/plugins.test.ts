// One of each: one folder with README and test, one line in the registry.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ANALYSES } from "../../src/analysis/registry.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { STUDIES } from "../../src/studies/registry.ts";
import { foldersOf, ROOT, text } from "./tree.testkit.ts";

/** Folders beside the plug-ins that are none: shared parts, and the reading of names and shapes that all formats go through. */
const KINDS = [
  { kind: "format", folder: "src/formats", shared: ["_shared", "interpret"] },
  { kind: "analysis", folder: "src/analysis", shared: ["_shared"] },
  { kind: "study", folder: "src/studies", shared: ["_shared"] },
  { kind: "panel", folder: "webview/panels", shared: [] as string[] },
];
const PLUGINS = KINDS.flatMap(({ kind, folder, shared }) =>
  foldersOf(folder)
    .filter((id) => !shared.includes(id))
    .map((id) => ({ kind, id, folder: `${folder}/${id}`, registry: text(`${folder}/registry.ts`) })),
);

test("there are plug-ins of each kind", () => {
  for (const { kind } of KINDS) expect(PLUGINS.filter((one) => one.kind === kind).length, kind).toBeGreaterThan(0);
});

test.each(PLUGINS)("$kind $id has one line in its registry", ({ id, registry }) => {
  expect(registry.split(`from "./${id}/index.ts"`).length - 1).toBe(1);
});

test.each(PLUGINS)("$kind $id says its own id, the folder's name", ({ kind, id, folder }) => {
  const ids: Readonly<Record<string, readonly string[]>> = {
    format: FORMATS.map((format) => format.manifest.id),
    analysis: ANALYSES.map((analysis) => analysis.manifest.id),
    study: STUDIES.map((study) => study.manifest.id),
    panel: [/^ {2}id: "([^"]+)"/m.exec(text(`${folder}/index.ts`))?.[1] ?? ""],
  };
  expect(ids[kind]).toContain(id);
});

test.each(PLUGINS)("$kind $id has a README with a title and more than one sentence", ({ folder }) => {
  const readme = text(`${folder}/README.md`);
  expect(readme).toMatch(/^# \S/);
  expect(readme.split("\n").filter((line) => line.trim() !== "").length).toBeGreaterThanOrEqual(6);
});

test.each(PLUGINS)("$kind $id has tests that expect something", ({ folder }) => {
  const tests = readdirSync(`${ROOT}${folder}`).filter((name) => name.endsWith(".test.ts"));
  expect(tests.length).toBeGreaterThan(0);
  for (const name of tests) expect(text(`${folder}/${name}`), name).toMatch(/\bexpect\(/);
});

test.each([...ANALYSES, ...STUDIES].map(({ manifest }) => manifest))(
  "$id names where its numbers come from",
  (manifest) => {
    // A work with its year, or a standard with its number.
    for (const citation of manifest.citations) expect(citation).toMatch(/\b(1[89]|20)\d\d\b/);
    expect(manifest.assumptions.length).toBeGreaterThan(0);
    for (const [name, card] of Object.entries(manifest.quantities)) expect(card.nullModel, name).not.toBe("");
  },
);

const CHECKED = PLUGINS.filter(({ kind }) => kind === "analysis" || kind === "study");
test.each(CHECKED)("$kind $id is checked against reference values", ({ folder }) => {
  expect(text(`${folder}/README.md`), "README: what the numbers were checked against").toMatch(
    /\*\*Checked against\*\*/,
  );
  const tests = readdirSync(`${ROOT}${folder}`).filter((name) => name.endsWith(".test.ts"));
  const comparisons = tests.flatMap(
    (name) => text(`${folder}/${name}`).match(/toBeCloseTo\(|\.toBe\(-?[\d(]|toEqual\(\[/g) ?? [],
  );
  expect(comparisons.length).toBeGreaterThan(2);
});
