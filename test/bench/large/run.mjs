// `npm run bench:large [-- --gigabytes 2 --file PATH]`: a large checkpoint in a real VS Code. How long from the click to the table, what was read for
// it, memory while it is analysed, and how long a cancel takes. The aims stand beside the figures; missing one ends with exit code 1.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openChromium, openWindow, webviewFrame } from "../../../scripts/_lib/browser.mjs";
import { must, ROOT, SetupError, until } from "../../../scripts/_lib/process.mjs";
import { checkNode, ensurePackages } from "../../../scripts/_lib/setup.mjs";
import { startServer, windowAddress } from "../../../scripts/_lib/vscodeServer.mjs";
import { writeLargeFile } from "./file.mjs";
import { findProcesses, memoryOf, untilRest } from "./processes.mjs";

const NAME = "large.safetensors";
/** Cold and warm: the extension starts with the first click. */
const OPENINGS = 6;
const CANCELS = 5;
/** Nothing comes from the cache, and every spectrum is exact: long kernels, the harder case for memory and for cancelling. */
const SETTINGS = { "modescope.compute.cacheMegabytes": 0, "modescope.spectrum.exactLimit": 8192 };
const ROW = ".ms-panel-overview [role=row]";

const { values: options } = parseArgs({
  options: { gigabytes: { type: "string", default: "2" }, seconds: { type: "string", default: "60" } },
});

/**
 * Runs in every frame: notes when the mouse was pressed, and when the first tensor's row was on screen (the frame after the one in which it
 * was found). By the page's own clock: the driver's way to the page is no part of the product.
 */
function watchFrame() {
  const now = () => performance.timeOrigin + performance.now();
  const seen = { pressed: 0, painted: 0 };
  globalThis.modescopeSeen = seen;
  addEventListener("mousedown", () => (seen.pressed = now()), { capture: true });
  // A timer, not frames: a webview's document is written anew, which ends its frames.
  const timer = setInterval(() => {
    const rows = [...document.querySelectorAll(".ms-panel-overview [role=row]")];
    if (!rows.some(({ textContent }) => textContent.includes("weight"))) return;
    clearInterval(timer);
    requestAnimationFrame(() =>
      setTimeout(() => Object.assign(seen, { painted: now(), begun: performance.timeOrigin })),
    );
  }, 4);
}

/** Right-click, choose; the time runs from the press on the menu's entry to the first tensor's row on screen. */
async function openByClick(page) {
  const row = page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${NAME}"]`);
  const entry = page.locator(".monaco-menu .action-label", { hasText: "Analyze Checkpoint" }).first();
  await until("the menu's entry", async () => {
    await page.keyboard.press("Escape");
    await row.click({ button: "right" });
    return entry.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => undefined,
    );
  });
  await entry.hover();
  // A menu does not listen in the moment in which it appears: a person's hand is slower anyway.
  await page.waitForTimeout(400);
  await entry.click();
  const { painted, begun } = await until("the tensor table", async () => {
    const seen = await Promise.all(
      page.frames().map((frame) => frame.evaluate(() => globalThis.modescopeSeen).catch(() => undefined)),
    );
    return seen.find((one) => one?.painted > 0);
  });
  const pressed = await page.evaluate(() => globalThis.modescopeSeen.pressed);
  return { milliseconds: painted - pressed, ours: painted - begun };
}

const closeAll = async (page) => {
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+w");
  await page.waitForTimeout(1_500);
};

async function measure(page, file, serverPid) {
  const openings = [];
  for (let turn = 0; turn < OPENINGS; turn++) {
    if (turn > 0) await closeAll(page);
    openings.push(await openByClick(page));
  }
  const frame = await webviewFrame(page, ROW);
  const { host, compute } = await findProcesses(serverPid);
  if (host === undefined || compute === undefined)
    throw new Error("The extension host or the compute process was not found.");

  const memory = { host: 0, compute: 0 };
  const end = performance.now() + 1000 * Number(options.seconds);
  while (performance.now() < end) {
    memory.host = Math.max(memory.host, (await memoryOf(host)).now);
    memory.compute = Math.max(memory.compute, (await memoryOf(compute)).now);
    await page.waitForTimeout(100);
  }
  const cancels = [];
  for (let turn = 0; turn < CANCELS; turn++) {
    const cancel = frame.getByText("Cancel", { exact: true }).first();
    if (!(await cancel.isVisible())) {
      const resume = frame.getByText("Resume", { exact: true }).first();
      if (!(await resume.isVisible())) break;
      await resume.dispatchEvent("click");
      await cancel.waitFor();
      // Into the midst of a kernel.
      await page.waitForTimeout(4_000);
    }
    // The progress beside the button moves it while it runs: pressed by event, not by place. The driver's own way there counts, too.
    const rest = untilRest(compute, performance.now());
    await cancel.dispatchEvent("click");
    cancels.push(await rest);
  }
  return { openings, memory, cancels, host: await memoryOf(host), compute: await memoryOf(compute), file };
}

/** As the extension's own log says, for every opening. */
async function bytesBeforeTable(server) {
  const said = [...(await server.logs()).matchAll(/Opened large\.safetensors: .* (\d+) bytes read/g)].map((match) =>
    Number(match[1]),
  );
  if (said.length < OPENINGS) throw new Error(`The log tells of ${said.length} openings; there were ${OPENINGS}.`);
  return Math.max(...said);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rounded = (values) => values.map((value) => Math.round(value)).join(", ");

function report({ openings, memory, cancels, host, compute, file }, bytesRead) {
  const [cold, ...warm] = openings.map(({ milliseconds }) => milliseconds);
  const ours = openings.map((one) => one.ours);
  const bound = 4 * (file.largestBytes / 2 ** 20) * cpus().length + 200;
  const lines = [
    ["click to tensor table, first click (ms)", Math.round(cold), 1000],
    [`click to tensor table, later clicks (ms; ${rounded(warm)})`, Math.round(median(warm)), 1000],
    [`of which in our own page, from its first byte (ms; ${rounded(ours)})`, Math.round(median(ours)), 500],
    ["bytes read before the table", bytesRead, file.headerBytes + 2 ** 20],
    ["extension host, peak resident (MB)", Math.round(Math.max(host.peak, memory.host)), 300],
    [
      `compute process, peak resident (MB; ${Math.round(memory.compute)} while analysing)`,
      Math.round(compute.peak),
      Math.round(bound),
    ],
    [`cancel to rest (ms; ${rounded(cancels)})`, Math.round(Math.max(...cancels)), 200],
  ];
  console.log(
    `\n${(file.bytes / 2 ** 30).toFixed(2)} GiB, ${file.tensors} tensors, header ${file.headerBytes} bytes, largest tensor ${Math.round(file.largestBytes / 2 ** 20)} MiB; ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`,
  );
  let missed = 0;
  for (const [what, got, aim] of lines) {
    const ok = got <= aim;
    if (!ok) missed++;
    console.log(`${ok ? "ok    " : "MISSED"} ${what}: ${got} (aim ≤ ${aim})`);
  }
  return missed;
}

async function main() {
  checkNode();
  if (process.platform !== "linux") throw new SetupError("This benchmark reads /proc: it runs on Linux.");
  await ensurePackages();
  await must(process.execPath, ["esbuild.mjs", "--minify"], { quiet: true });
  const folder = await mkdtemp(join(tmpdir(), "modescope-large-"));
  let server;
  let browser;
  try {
    console.log(`Writing about ${options.gigabytes} GiB into ${folder}.`);
    const file = await writeLargeFile(join(folder, NAME), Number(options.gigabytes));
    server = await startServer({ settings: SETTINGS });
    browser = await openChromium({});
    await browser.page.context().addInitScript(watchFrame);
    await openWindow(browser.page, windowAddress(server, { workspace: folder, extension: ROOT }));
    await browser.page.waitForTimeout(5_000);
    const figures = await measure(browser.page, file, server.pid);
    process.exitCode = report(figures, await bytesBeforeTable(server)) > 0 ? 1 : 0;
  } catch (error) {
    await browser?.page.screenshot({ path: join(tmpdir(), "modescope-large-failure.png") }).catch(() => undefined);
    console.error(await server?.logs());
    throw error;
  } finally {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
  process.exitCode = 1;
}
