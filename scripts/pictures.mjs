// `npm run pictures`: photographs the product in a real VS Code, in three themes and two sizes, into docs/images; and the panels alone for the
// walkthrough's pages, into media/walkthrough.
// `npm run pictures -- --only hierarchy` takes the named ones.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { webviewFrame } from "./_lib/browser.mjs";
import { must, ROOT, SetupError } from "./_lib/process.mjs";
import { checkNode, ensurePackages } from "./_lib/setup.mjs";
import { runEmbeddedSuite, temporaryWorkspace } from "./_lib/suite.mjs";

const IMAGES = join(ROOT, "docs", "images");
const WALKTHROUGH = join(ROOT, "media", "walkthrough");
const THEMES = [
  { id: "dark", name: "Default Dark Modern", kind: "vscode-dark" },
  { id: "light", name: "Default Light Modern", kind: "vscode-light" },
  { id: "high-contrast", name: "Default High Contrast", kind: "vscode-high-contrast" },
];
const SIZES = [
  { width: 1400, height: 900 },
  { width: 800, height: 900 },
];
/** The editor without what would only take width in a picture. */
const QUIET = { "editor.minimap.enabled": false };
const WALKTHROUGH_HEIGHT = 620;
/** Time for a changed theme or width to be drawn. */
const SETTLE = 1_200;

const at = process.argv.indexOf("--only");
const WANTED = at < 0 ? null : (process.argv[at + 1] ?? "").split(",");

/** `closed`: the side bar is closed already, and what is written into code is to be seen. */
async function photograph(what, frame, page, server, closed = false) {
  if (WANTED !== null && !WANTED.includes(what)) return;
  for (const theme of THEMES) {
    // Written while the window is open: the pictures also show that the panels follow a change of theme.
    await server.writeSettings({ ...QUIET, "workbench.colorTheme": theme.name });
    await frame.waitForSelector(`body.${theme.kind}`, { timeout: 15_000 });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      // In a narrow window people close the side bar.
      if (size.width < 1000 && !closed) await page.keyboard.press("Control+b");
      await page.waitForTimeout(SETTLE);
      if (closed) await frame.locator(".ms-code-part").evaluate((part) => part.scrollIntoView({ block: "end" }));
      const name = `${what}-${theme.id}-${size.width}.png`;
      await page.screenshot({ path: join(IMAGES, name) });
      if (size.width < 1000 && !closed) await page.keyboard.press("Control+b");
      console.log(`  docs/images/${name}`);
    }
    await walkthrough(what, frame, theme, page);
  }
  await page.setViewportSize(SIZES[0]);
  await server.writeSettings({});
}

/** For the walkthrough's pages the panel without the window around it: they are narrow. */
async function walkthrough(what, frame, theme, page) {
  if (what !== "overview" && what !== "tensor") return;
  await page.setViewportSize(SIZES[0]);
  await page.waitForTimeout(SETTLE);
  await clipped(what === "overview" ? "open" : "tensor", theme, page);
  if (what === "overview") return;
  await frame.locator("button.ms-number-card[data-field=stableRank]").click();
  await clipped("cards", theme, page);
  await page.keyboard.press("Escape");
}

async function clipped(name, theme, page) {
  const { x, y, width, height } = await page.locator(".editor-group-container").last().boundingBox();
  const path = join(WALKTHROUGH, `${name}-${theme.id}.png`);
  await page.screenshot({ path, clip: { x, y, width, height: Math.min(height, WALKTHROUGH_HEIGHT) } });
  console.log(`  media/walkthrough/${name}-${theme.id}.png`);
}

/** Classes as items, by the directions of their weights about the classes' mean: docs/language-relatives.md tells the story. */
async function photographLanguages(page, server) {
  if (WANTED !== null && !WANTED.includes("languages")) return;
  const frame = await webviewFrame(page, ".ms-tree");
  for (const choice of [
    "[data-choice=rows]",
    "[data-choice=direction]",
    ".ms-hierarchy-controls input[type=checkbox]",
  ]) {
    await frame.locator(`[data-section=hierarchy] ${choice}`).click();
    await frame.waitForSelector("[data-section=hierarchy]:not([aria-busy=true]) .ms-tree", { timeout: 180_000 });
  }
  await frame.locator("[data-section=hierarchy]").evaluate((section) => section.scrollIntoView());
  await photograph("languages", frame, page, server);
}

/** The ordered one of three networks of a class, on its way to the critical line: what would be written stands beside the code. */
async function photographPhaseDiagram(page, server) {
  if (WANTED !== null && !WANTED.includes("phase-diagram")) return;
  await page.locator(".codelens-decoration a", { hasText: "1 of 3" }).first().click();
  const frame = await webviewFrame(page, ".ms-panel-phase-diagram .ms-plane-plot");
  await frame.locator(".ms-code-part h2").waitFor({ timeout: 30_000 });
  await frame.locator("[data-choice=layers]").waitFor();
  await frame.getByRole("button", { name: "To the critical line" }).click();
  await frame.locator(".ms-diff-new").first().waitFor({ timeout: 30_000 });
  // No room is left for files beside code and panel.
  await page.keyboard.press("Control+b");
  await page.waitForTimeout(SETTLE);
  await frame.locator(".ms-code-part").evaluate((part) => part.scrollIntoView({ block: "end" }));
  await photograph("phase-diagram", frame, page, server, true);
  await page.keyboard.press("Control+b");
}

async function onStep({ picture }, page, server) {
  if (picture === "hierarchy") {
    const frame = await webviewFrame(page, ".ms-tree");
    await page.waitForTimeout(SETTLE);
    await photograph("hierarchy", frame, page, server);
    return;
  }
  if (picture === "lint") {
    const frame = await webviewFrame(page, ".ms-panel-overview .ms-lint-row");
    await frame.locator(".ms-lint-summary").click();
    // Into the list, so that the picture shows what the keyboard is on and the row that it selected.
    await frame.locator(".ms-lint-row").nth(1).click();
    await page.waitForTimeout(SETTLE);
    await photograph("lint", frame, page, server);
    return;
  }
  if (picture === "languages") {
    await photographLanguages(page, server);
    return;
  }
  if (picture === "phase-diagram") {
    await photographPhaseDiagram(page, server);
    return;
  }
  if (picture === "dynamics") {
    const frame = await webviewFrame(page, ".ms-panel-dynamics [data-section=modes] canvas");
    await frame.locator("[data-word=rate]").fill("0.01");
    await frame.locator("[data-word=rate]").press("Enter");
    await frame.locator("[data-field=predictedHalfTime]").first().waitFor({ timeout: 30_000 });
    await page.waitForTimeout(SETTLE);
    await photograph("dynamics", frame, page, server);
    return;
  }
  if (picture === "isometry" || picture === "expressivity") {
    const frame = await webviewFrame(page, `.ms-panel-${picture} .ms-signal-table`);
    await frame.waitForSelector(".ms-signal-status:empty", { state: "attached", timeout: 120_000 });
    await photograph(picture, frame, page, server);
    return;
  }
  if (picture === "similarity") {
    const frame = await webviewFrame(page, ".ms-panel-similarity .ms-sim-layers canvas");
    await frame.locator(".ms-sim-status:empty").waitFor({ state: "attached", timeout: 240_000 });
    await page.waitForTimeout(SETTLE);
    await photograph("similarity", frame, page, server);
    await frame.locator("[data-choice=representation]").selectOption("seed-0: hidden3");
    await frame.locator("[data-choice=order]").selectOption("hierarchy");
    await frame.locator(".ms-items-tree .ms-tree").waitFor({ timeout: 120_000 });
    const options = frame.locator(".ms-strip [role=option]");
    await options.nth(0).click();
    await options.nth(9).click({ modifiers: ["Shift"] });
    await frame.locator(".ms-sim-items").evaluate((section) => section.scrollIntoView());
    await photograph("similarity-items", frame, page, server);
    return;
  }
  if (picture === "simulator") {
    const frame = await webviewFrame(page, ".ms-panel-simulator");
    await frame.getByText("Trained for").waitFor({ timeout: 30_000 });
    await page.waitForTimeout(SETTLE);
    await photograph("simulator", frame, page, server);
    await frame.getByRole("button", { name: "Trained network" }).click();
    // The example of the paper: theory's axes of six levels, and a picture of 32 items.
    await frame.locator("select").first().selectOption("saxe");
    await frame.getByText("Level 5").first().waitFor({ timeout: 30_000 });
    await frame.getByRole("button", { name: "Train Network" }).click();
    await frame.getByText("Trained for").waitFor({ timeout: 60_000 });
    await frame.getByRole("heading", { name: "How the items part" }).evaluate((heading) => heading.scrollIntoView());
    await photograph("differentiation", frame, page, server);
    return;
  }
  const overview = await webviewFrame(page, ".ms-panel-overview");
  if (picture === "overview") {
    await photograph("overview", overview, page, server);
    return;
  }
  const row = overview.locator("[role=row]:has-text('128 × 32')").first();
  await row.click();
  await page.keyboard.press("Enter");
  const tensor = await webviewFrame(page, ".ms-panel-tensor");
  // The charts wait for their own computations.
  await tensor.waitForSelector("canvas, svg", { timeout: 30_000 });
  await page.waitForTimeout(3 * SETTLE);
  await photograph("tensor", tensor, page, server);
  await tensor.waitForSelector("[data-section=null] table", { timeout: 60_000 });
  await tensor.locator("[data-section=spectrum]").evaluate((section) => section.scrollIntoView());
  await photograph("spectrum", tensor, page, server);
}

try {
  checkNode();
  await ensurePackages();
  await must(process.execPath, ["esbuild.mjs", "--minify"], { quiet: true });
  await mkdir(IMAGES, { recursive: true });
  const workspace = await temporaryWorkspace();
  // Scenes that nobody wants are not set.
  if (WANTED !== null) await writeFile(join(workspace.folder, ".modescope-pictures.json"), JSON.stringify(WANTED));
  const { tests } = await runEmbeddedSuite({
    workspace,
    suite: join(ROOT, "dist/test/pictures.cjs"),
    onStep,
    timeout: 900_000,
    ...SIZES[0],
  });
  const failed = tests.filter(({ ok }) => !ok);
  if (tests.length === 0) throw new SetupError(`There is no picture called ${WANTED.join(" or ")}.`);
  if (failed.length > 0) throw new SetupError(failed.map(({ name, error }) => `${name}: ${error}`).join("\n"));
} catch (error) {
  console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
  process.exitCode = 1;
}
