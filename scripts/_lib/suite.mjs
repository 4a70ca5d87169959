// Runs a test suite inside a real VS Code and collects what it wrote. The suite talks through files of the workspace, which works in
// every kind of extension host: results in `.modescope-results.json`, steps in `.modescope-step`, answers in `.modescope-ack`.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openChromium, openWindow } from "./browser.mjs";
import { ROOT, until } from "./process.mjs";
import { startServer, windowAddress } from "./vscodeServer.mjs";

const RESULTS = ".modescope-results.json";
const STEP = ".modescope-step";
const ACK = ".modescope-ack";

/** A throw-away copy of the samples: tests may write, sort and delete in it. */
export async function temporaryWorkspace(from = join(ROOT, "samples")) {
  const folder = await mkdtemp(join(tmpdir(), "modescope-workspace-"));
  await cp(from, folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

async function read(path) {
  return readFile(path, "utf8").catch(() => undefined);
}

/** The suite's own account: `{ host, tests: [{ name, ok, error?, milliseconds }] }`. */
export async function collectResults(workspace, { timeout = 180_000 } = {}) {
  return until("the suite's results", async () => parsed(await read(join(workspace, RESULTS))), { timeout });
}

/** What the suite wrote; undefined while it is still writing. */
function parsed(text) {
  try {
    return text === undefined || text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Serves the steps that a suite asks for, until its results are there. */
async function serveSteps(workspace, onStep, { timeout = 300_000 } = {}) {
  let last;
  return until(
    "the suite's next step",
    async () => {
      const step = await read(join(workspace, STEP));
      const asked = parsed(step);
      if (asked !== undefined && step !== last) {
        last = step;
        await onStep(asked);
        await writeFile(join(workspace, ACK), step);
      }
      return parsed(await read(join(workspace, RESULTS)));
    },
    { timeout, every: 100 },
  );
}

/**
 * The suite in the embedded server with Chromium. `settings` reach the server's machine settings; `onStep(step, page, server)` answers steps.
 * A failure carries the logs of the extension host and of the page.
 */
export async function runEmbeddedSuite({
  suite,
  extension = ROOT,
  settings = {},
  onStep = async () => {},
  timeout,
  width,
  height,
  scale,
  workspace: given,
}) {
  const workspace = given ?? (await temporaryWorkspace());
  const server = await startServer({ settings });
  let browser;
  try {
    browser = await openChromium({ width, height, scale });
    await openWindow(browser.page, windowAddress(server, { workspace: workspace.folder, extension, suite }));
    return await serveSteps(workspace.folder, (step) => onStep(step, browser.page, server), { timeout });
  } catch (error) {
    await browser?.page.screenshot({ path: join(tmpdir(), "modescope-failure.png") }).catch(() => undefined);
    const logs = `${await server.logs()}\n--- page\n${browser?.logs() ?? ""}\n--- picture: ${join(tmpdir(), "modescope-failure.png")}`;
    throw new Error(`${error instanceof Error ? error.message : error}\n${logs}`);
  } finally {
    await browser?.close();
    await server.stop();
    await workspace.remove();
  }
}
