// `npm test`: everything, from a bare clone. `npm test -- --only types,unit` runs the named steps.
// Each step prints what it does and how long it took; the last line is "N passed, N failed". What is missing fails; nothing is skipped.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { desktopHost } from "./_lib/desktop.mjs";
import { findCommand, ROOT, run, SetupError } from "./_lib/process.mjs";
import { checkNode, ensurePackages } from "./_lib/setup.mjs";
import { buildKernels } from "./kernels.mjs";

const OUT = join(ROOT, "out", "test-results");
const bin = (name) => join(ROOT, "node_modules", ".bin", name);

const count = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });

/** A command that counts as one test. */
const command =
  (program, ...args) =>
  async () =>
    count((await run(program, args)).code);

/** Counts single tests. A file that could not be loaded has no tests that could fail; a skipped test is not a passed one. */
const vitest =
  (name, ...args) =>
  async () => {
    const file = join(OUT, `${name}.json`);
    await mkdir(OUT, { recursive: true });
    await writeFile(file, "");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code } = await run(bin("vitest"), ["run", ...args, ...reporters]);
    const text = await readFile(file, "utf8");
    if (text === "") return { passed: 0, failed: 1 };
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(text);
    const broken = testResults.filter(
      ({ status, assertionResults }) => status === "failed" && assertionResults.every((one) => one.status !== "failed"),
    ).length;
    const skipped = numPendingTests + numTodoTests;
    if (skipped > 0) console.error(`${skipped} test(s) were skipped: that counts as failed.`);
    const failed = numFailedTests + broken + skipped;
    const nothing = code !== 0 || numPassedTests === 0;
    return { passed: numPassedTests, failed: failed === 0 && nothing ? 1 : failed };
  };

function report({ host, tests }) {
  for (const { name, ok, error, milliseconds } of tests) {
    console.log(`  ${ok ? "✓" : "✗"} ${name} (${milliseconds} ms, ${host} host)`);
    if (!ok) console.error(error.replace(/^/gm, "      "));
  }
  const passed = tests.filter(({ ok }) => ok).length;
  // A suite without a test proves nothing.
  return { passed, failed: tests.length === 0 ? 1 : tests.length - passed };
}

async function integration() {
  const suite = join(ROOT, "dist/test/suite.cjs");
  const { collectResults, runEmbeddedSuite, temporaryWorkspace } = await import("./_lib/suite.mjs");
  const desktop = await desktopHost();
  if (desktop.reason === undefined) {
    console.log(`Desktop VS Code (${desktop.program ?? "downloaded"}).`);
    const workspace = await temporaryWorkspace();
    try {
      const words = [
        process.execPath,
        join(ROOT, "scripts/_lib/desktop.mjs"),
        workspace.folder,
        suite,
        ...(desktop.program ? [desktop.program] : []),
      ];
      if (desktop.prefix) words.unshift(desktop.prefix, "-a");
      const { code } = await run(words[0], words.slice(1), { timeout: 600_000 });
      const results = await collectResults(workspace.folder, { timeout: 1_000 }).catch(() => undefined);
      if (results !== undefined) return report(results);
      throw new Error(`Desktop VS Code ended with code ${code} and left no results.`);
    } finally {
      await workspace.remove();
    }
  }
  console.log(`Embedded VS Code server with Chromium, because ${desktop.reason}.`);
  return report(await runEmbeddedSuite({ suite }));
}

/** A dual extension runs in Node unless the user's settings ask for the web host. */
async function web() {
  const { runEmbeddedSuite } = await import("./_lib/suite.mjs");
  return report(
    await runEmbeddedSuite({
      suite: join(ROOT, "dist/test/suite-web.cjs"),
      settings: { "remote.extensionKind": { "modescope.modescope": ["web"] } },
    }),
  );
}

/** Needs the driver's hands, so it always runs in the embedded server, also where the suite above ran in the desktop. */
async function screen() {
  const { runScreenTests } = await import("./_lib/screen.mjs");
  const { SCREEN_TESTS } = await import("../test/screen/index.mjs");
  return report(await runScreenTests(SCREEN_TESTS));
}

const STEPS = [
  { id: "types", title: "Types, layer by layer", run: command(bin("tsc"), "--build") },
  { id: "format", title: "Format and lint", run: command(bin("biome"), "check", "--error-on-warnings", ".") },
  {
    id: "architecture",
    title: "Architecture: who may import whom",
    run: command(bin("depcruise"), "--config", ".dependency-cruiser.cjs", "src", "webview"),
  },
  { id: "unused", title: "Unused files, exports and packages", run: command(bin("knip")) },
  {
    id: "manifest",
    title: "package.json agrees with the registries",
    run: command(process.execPath, "scripts/manifest.mjs", "--check"),
  },
  { id: "unit", title: "Unit and repository tests", run: vitest("unit", "--exclude=test/cli/**") },
  {
    id: "build",
    title: "Bundles and their size budgets",
    run: command(process.execPath, "esbuild.mjs", "--minify"),
  },
  { id: "cli", title: "The command line, as it ships", run: vitest("cli", "test/cli") },
  { id: "integration", title: "Integration inside a real VS Code", run: integration },
  { id: "screen", title: "The screens by mouse and keyboard, in a real VS Code", run: screen },
  { id: "web", title: "Smoke test in the web extension host", run: web },
];

function chosenSteps(args) {
  const at = args.indexOf("--only");
  if (at < 0) return STEPS;
  const wanted = (args[at + 1] ?? "").split(",");
  const unknown = wanted.filter((id) => !STEPS.some((step) => step.id === id));
  if (unknown.length > 0)
    throw new SetupError(`There is no step “${unknown.join(", ")}”. Steps: ${STEPS.map(({ id }) => id).join(", ")}.`);
  return STEPS.filter(({ id }) => wanted.includes(id));
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function main() {
  const total = { passed: 0, failed: 0 };
  const started = performance.now();
  const summary = [];
  try {
    checkNode();
    if (findCommand("npm") === undefined)
      throw new SetupError("npm is needed; it comes with Node (https://nodejs.org).");
    const steps = chosenSteps(process.argv.slice(2));
    console.log("\n▶ set-up: npm packages");
    const setUp = `✓ set-up: packages ${await ensurePackages()}, kernels ${await buildKernels()} (${seconds(started)})`;
    summary.push(setUp);
    console.log(setUp);
    for (const { id, title, run: work } of steps) {
      const begun = performance.now();
      console.log(`\n▶ ${id}: ${title}`);
      let outcome;
      try {
        outcome = await work();
      } catch (error) {
        console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
        outcome = { passed: 0, failed: 1 };
      }
      total.passed += outcome.passed;
      total.failed += outcome.failed;
      const line = `${outcome.failed === 0 ? "✓" : "✗"} ${id}: ${outcome.passed} passed, ${outcome.failed} failed (${seconds(begun)})`;
      summary.push(line);
      console.log(line);
    }
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
    total.failed++;
  }
  if (total.passed + total.failed === 0) total.failed = 1;
  console.log(`\n${summary.join("\n")}\nin ${seconds(started)}\n${total.passed} passed, ${total.failed} failed`);
  // Set, not called: what is still in the pipe must reach the reader.
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main();
