// What `npm run new` makes is good at once: a copy of the tree with one new plug-in of each kind passes every check.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./tree.testkit.ts";

const MINUTES = 60_000;
const LEFT_OUT = new Set(["node_modules", "dist", "out", ".git", "samples", ".vscode-test", "coverage", "images"]);
const KINDS = [
  { kind: "format", folder: "src/formats/demo-format" },
  { kind: "analysis", folder: "src/analysis/demo-analysis" },
  { kind: "panel", folder: "webview/panels/demo-panel" },
  { kind: "study", folder: "src/studies/demo-study" },
];
const copy = mkdtempSync(join(tmpdir(), "modescope-scaffold-"));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}
const tool = (name: string, ...args: string[]) => run(join(copy, "node_modules", ".bin", name), ...args);
const scaffold = (...args: string[]) => run(process.execPath, "scripts/new.mjs", ...args);

beforeAll(() => {
  for (const name of readdirSync(ROOT)) {
    if (LEFT_OUT.has(name)) continue;
    cpSync(join(ROOT, name), join(copy, name), {
      recursive: true,
      filter: (path) => !LEFT_OUT.has(path.split(/[/\\]/).at(-1) ?? ""),
    });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
}, 2 * MINUTES);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(KINDS)("a new $kind is a folder with README and test, and a line in the registry", ({ kind, folder }) => {
  const { status, output } = scaffold(kind, `demo-${kind}`);
  expect(output).toContain("Next: ");
  expect(status).toBe(0);
  const files = readdirSync(join(copy, folder));
  expect(files).toContain("README.md");
  expect(files.some((name) => name.endsWith(".test.ts"))).toBe(true);
  expect(readFileSync(join(copy, folder, "..", "registry.ts"), "utf8")).toContain(`"./demo-${kind}/index.ts"`);
});

test.each([
  { words: ["format", "demo-format"], says: "is there already" },
  { words: ["format", "Not_Kebab"], says: "Usage" },
  { words: ["rule", "demo-rule"], says: "src/lint/rules" },
  { words: [], says: "Usage" },
])("$words is refused with a sentence and changes nothing", ({ words, says }) => {
  const before = readFileSync(join(copy, "src/formats/registry.ts"), "utf8");
  const { status, output } = scaffold(...words);
  expect(output).toContain(says);
  expect(status).toBe(1);
  expect(readFileSync(join(copy, "src/formats/registry.ts"), "utf8")).toBe(before);
});

const PASSES = { status: 0 };
const outcome = ({ status, output }: { status: number | null; output: string }) =>
  status === 0 ? PASSES : { status, output };

test("types", () => expect(outcome(tool("tsc", "--build"))).toEqual(PASSES), 5 * MINUTES);
test(
  "format and lint",
  () => expect(outcome(tool("biome", "check", "--error-on-warnings", "."))).toEqual(PASSES),
  MINUTES,
);
test(
  "architecture",
  () => expect(outcome(tool("depcruise", "--config", ".dependency-cruiser.cjs", "src", "webview"))).toEqual(PASSES),
  MINUTES,
);
test("unused", () => expect(outcome(tool("knip"))).toEqual(PASSES), MINUTES);
test("the editor globs know the new suffix", () => {
  expect(outcome(run(process.execPath, "scripts/manifest.mjs", "--check"))).toEqual(PASSES);
  expect(readFileSync(join(copy, "package.json"), "utf8")).toContain('"*.demo-format"');
});
test(
  "their own tests, the rules of plug-ins for them, and the fuzzer over the new format",
  () => {
    expect(outcome(tool("vitest", "run", "test/fuzz", "-t", "^demo-format"))).toEqual(PASSES);
    expect(outcome(tool("vitest", "run", "demo-"))).toEqual(PASSES);
    expect(outcome(tool("vitest", "run", "test/meta/plugins", "analysis/registry", "-t", "demo-"))).toEqual(PASSES);
  },
  5 * MINUTES,
);
