// Chromium under playwright-core: opens a VS Code window, and takes pictures of it.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCommand, SetupError } from "./process.mjs";
import { ensureDebian } from "./setup.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
const MACINTOSH = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium; Debian's is installed if there is none. */
async function ensureChromium() {
  const find = () =>
    (process.env.MODESCOPE_CHROMIUM || findCommand(...NAMES)) ?? MACINTOSH.find((path) => existsSync(path));
  const found = find();
  if (found !== undefined) return found;
  if (process.platform !== "linux")
    throw new SetupError("Chrome or Chromium is needed. Install it, or set MODESCOPE_CHROMIUM to its path.");
  await ensureDebian(["chromium"], "The tests in an embedded VS Code need Chromium.");
  const installed = find();
  if (installed === undefined)
    throw new SetupError("Chromium is installed but not on the PATH. Set MODESCOPE_CHROMIUM to its path.");
  return installed;
}

/** A Chromium with an empty profile: nothing of an earlier run, no traffic of its own. */
export async function openChromium({ width = 1400, height = 900, scale = 1 } = {}) {
  const executablePath = await ensureChromium();
  const { chromium } = await import("playwright-core");
  const profile = await mkdtemp(join(tmpdir(), "modescope-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width, height },
    deviceScaleFactor: scale,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const lines = [];
  page.on("console", (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => lines.push(`page error: ${error.message}`));
  return {
    page,
    /** What the page and its webviews logged, newest last. */
    logs: () => lines.slice(-80).join("\n"),
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Waits until the workbench stands. */
export async function openWindow(page, address) {
  await page.goto(address, { waitUntil: "domcontentloaded", timeout: 90_000 });
  await page.waitForSelector(".monaco-workbench .part.editor", { timeout: 90_000 });
}

/** The frame in which a webview's own document lives, found by a selector that only it has. */
export async function webviewFrame(page, selector, timeout = 60_000) {
  const end = Date.now() + timeout;
  while (Date.now() < end) {
    for (const frame of page.frames()) {
      if (await frame.$(selector).catch(() => null)) {
        const element = await frame.frameElement().catch(() => null);
        if (element === null || (await element.isVisible().catch(() => false))) return frame;
      }
    }
    await page.waitForTimeout(200);
  }
  throw new Error(`No webview with ${selector} appeared in ${timeout / 1000} s.`);
}
