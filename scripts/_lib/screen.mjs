// A person at the embedded VS Code: mouse and keyboard through Chromium, on a throw-away copy of the samples. For tests of what is on the screen.
import { join } from "node:path";
import { openChromium, openWindow, webviewFrame } from "./browser.mjs";
import { ROOT, until } from "./process.mjs";
import { temporaryWorkspace } from "./suite.mjs";
import { startServer, windowAddress } from "./vscodeServer.mjs";

const ACTIONS_MILLISECONDS = 120_000;

/** Whether something comes into sight soon. */
const appears = (locator) =>
  locator.waitFor({ timeout: 3_000 }).then(
    () => true,
    () => false,
  );

/** What tests act on. `close` ends browser and server. */
async function openScreen() {
  const workspace = await temporaryWorkspace();
  const server = await startServer();
  const browser = await openChromium().catch(async (error) => {
    await server.stop();
    throw error;
  });
  const { page } = browser;
  page.setDefaultTimeout(ACTIONS_MILLISECONDS);
  const address = windowAddress(server, { workspace: workspace.folder, extension: ROOT });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(address).origin });
  const input = page.locator(".quick-input-widget input[type=text]");
  const contributed = () => page.locator(".activitybar a[aria-label='ModeScope']").waitFor();
  const screen = {
    page,
    server,
    folder: workspace.folder,
    path: (name) => join(workspace.folder, name),
    async load() {
      await openWindow(page, address);
      await contributed();
    },
    /** A command by its name, through the palette. */
    async command(name) {
      const focused = page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name.split(": ").at(-1) });
      // A webview that is just loading does not pass keys on yet, and the palette's list may be older than the command.
      await until(`the command ${name}`, async () => {
        await page.keyboard.press("F1");
        if (!(await appears(input))) return undefined;
        await input.fill(`>${name}`);
        const found = await appears(focused);
        await page.keyboard.press(found ? "Enter" : "Escape");
        return found || undefined;
      });
      // Gone, unless the command asks in the same place.
      await page
        .locator(".quick-input-widget")
        .waitFor({ state: "hidden", timeout: 2_000 })
        .catch(() => undefined);
    },
    /** Reloads the window as a person does: what is to be saved is saved first. */
    async reload() {
      await page.evaluate(() => {
        window.beforeReload = true;
      });
      await screen.command("Developer: Reload Window");
      await page.waitForFunction(() => window.beforeReload === undefined);
      await contributed();
    },
    /** Opens a file of the workspace by its name. The editor's list of files may be older than the file: then it is asked again. */
    async open(path) {
      const name = path.split("/").at(-1);
      const focused = page.locator(`.quick-input-list .monaco-list-row.focused[aria-label^="${name}"]`);
      await until(`${path} to be listed`, async () => {
        await page.keyboard.press("Control+p");
        if (!(await appears(input))) return undefined;
        await input.fill(path);
        const found = await appears(focused);
        await page.keyboard.press(found ? "Enter" : "Escape");
        return found || undefined;
      });
      await page.locator(`.tab.active[aria-label^="${name}"]`).waitFor();
    },
    /** A row of the explorer, its folders opened on the way. */
    async explorerRow(path) {
      const row = (name) =>
        page.locator(".explorer-folders-view .monaco-list-row", { hasText: new RegExp(`^${name}$`) }).last();
      for (const name of path.split("/").slice(0, -1)) {
        const folder = row(name);
        if ((await folder.getAttribute("aria-expanded")) === "false") await folder.click();
      }
      return row(path.split("/").at(-1));
    },
    /** An entry of the context menu that is open. In its first moments the editor takes a click for the end of the one that opened it. */
    async menu(name) {
      const entry = page.locator(".monaco-menu .action-label", { hasText: name });
      await entry.waitFor();
      await page.waitForTimeout(300);
      await entry.click();
    },
    /** An entry of a submenu of the context menu that is open. */
    async submenu(name, entry) {
      const opener = page.locator(".monaco-menu .action-item", { hasText: new RegExp(`^${name}$`) });
      await opener.waitFor();
      await page.waitForTimeout(300);
      await opener.hover();
      await screen.menu(entry);
    },
    frame: (selector) => webviewFrame(page, selector, ACTIONS_MILLISECONDS),
    async closeEditors() {
      await screen.command("View: Close All Editors");
      // What a test left unsaved would hold up the next one with a question.
      await page
        .locator(".monaco-dialog-box")
        .getByText("Don't Save", { exact: true })
        .click({ timeout: 1_000 })
        .catch(() => undefined);
    },
    clipboard: () => page.evaluate(() => navigator.clipboard.readText()),
  };
  const close = async () => {
    await browser.close();
    await server.stop();
    await workspace.remove();
  };
  return { screen, browser, close };
}

/** Null, or what went wrong, with the page's last words and a picture of it. */
async function attempt(screen, browser, run, index) {
  try {
    await screen.closeEditors();
    // The explorer draws only what can be seen: what earlier tests unfolded would push this one's files out of it.
    await screen.command("File: Collapse Folders in Explorer");
    await run(screen);
    return null;
  } catch (error) {
    const picture = join(ROOT, "out", `screen-${index}.png`);
    await screen.page.screenshot({ path: picture }).catch(() => undefined);
    await screen.page.keyboard.press("Escape");
    return `${error?.stack ?? error}\n${browser.logs().split("\n").slice(-6).join("\n")}\npicture: ${picture}`;
  }
}

/** Runs the tests one after the other in one window; each begins with no editor open. */
export async function runScreenTests(tests) {
  const { screen, browser, close } = await openScreen();
  const results = [];
  try {
    await screen.load();
    for (const { name, run } of tests) {
      const started = Date.now();
      let failure = await attempt(screen, browser, run, results.length);
      if (failure !== null) {
        // Hands and editor race: what fails is done once more, and that it had to be is printed. What fails twice is broken.
        console.error(`  once more: ${name}\n${failure.replace(/^/gm, "      ")}`);
        failure = await attempt(screen, browser, run, results.length);
      }
      const milliseconds = Date.now() - started;
      results.push(
        failure === null ? { name, ok: true, milliseconds } : { name, ok: false, error: failure, milliseconds },
      );
    }
  } finally {
    await close();
  }
  return { host: "node", tests: results };
}
