// Semantic modes in the editor, and the page that the command line writes of them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../scripts/_lib/process.mjs";
import { becomes } from "./becomes.mjs";

const TABLE = "toy-world/four-items/data.csv";

async function showModes(screen) {
  await (await screen.explorerRow(TABLE)).click({ button: "right" });
  await screen.submenu("ModeScope", "Show Semantic Modes");
  return screen.frame(".ms-panel-semantic-modes .ms-tree");
}

export const MODES = [
  {
    name: "a table's menu shows its semantic modes; a stem of the spectrum chosen by keyboard marks the tree",
    async run(screen) {
      const frame = await showModes(screen);
      const words = () => frame.locator(".ms-modes-words").textContent();
      await becomes(screen.page, true, async () => /^Mode 2: .*Canary, Salmon \(Move\)/.test(await words()));
      await frame.locator(".ms-stem[aria-pressed=true]").focus();
      await screen.page.keyboard.press("ArrowRight");
      await becomes(screen.page, true, async () => /^Modes 3–4, one subspace/.test(await words()));
      await becomes(screen.page, 2, () => frame.locator(".ms-tree-node[aria-pressed=true]").count());
    },
  },
  {
    name: "the network that learned the table is added by quick pick, and unit numbers take the place of names",
    async run(screen) {
      const frame = await showModes(screen);
      const { page } = screen;
      await frame.locator(".ms-modes-files .ms-link", { hasText: "Network" }).click();
      // The list is drawn as far as it can be seen: the rest is found by typing.
      await page.locator(".quick-input-widget input[type=text]").fill("step-1250");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "step-1250" }).click();
      await becomes(page, true, async () =>
        /2\.646 of 2\.646/.test(await frame.locator(".ms-mode-table").first().textContent()),
      );
      assert.match(await frame.locator(".ms-joints").textContent(), /layers\.0\.weight/);
      const items = () => frame.locator(".ms-tree-items li").allTextContents();
      for (const [choice, names] of [
        ["Unit Numbers", ["item 0", "item 1", "item 2", "item 3"]],
        ["Automatic", ["Canary", "Salmon", "Oak", "Rose"]],
      ]) {
        await frame.locator(".ms-modes-controls .ms-link", { hasText: "Choose" }).click();
        await page.locator(".quick-input-list .monaco-list-row", { hasText: choice }).click();
        await becomes(page, names, items);
      }
      await frame.locator(".ms-file-chip .ms-link").click();
      await frame.locator(".ms-file-chip").waitFor({ state: "detached" });
    },
  },
  {
    name: "a report is the same panel in a page that loads nothing",
    async run(screen) {
      const folder = await mkdtemp(join(tmpdir(), "modescope-report-"));
      const page = await screen.page.context().newPage();
      try {
        const report = join(folder, "report.html");
        const args = ["modes", join(ROOT, "samples", TABLE), "--draws", "50", "--no-cache", "--html", report];
        const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "dist/node/cli.cjs"), ...args], {
          encoding: "utf8",
        });
        assert.equal(status, 0, stderr);
        const asked = [];
        const wrong = [];
        page.on("request", (request) => asked.push(request.url()));
        page.on("pageerror", (error) => wrong.push(String(error)));
        page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
        await page.goto(pathToFileURL(report).href);
        await page.locator(".ms-tree").waitFor();
        await page.locator(".ms-stem[role=button]").nth(3).click();
        await becomes(page, true, async () =>
          /^Modes 3–4, one subspace/.test(await page.locator(".ms-modes-words").textContent()),
        );
        await page.locator("button.ms-number-card[data-field=singularValue]").click();
        await page.locator("dialog.ms-card", { hasText: "Saxe" }).waitFor();
        await page.keyboard.press("Escape");
        assert.deepEqual(
          asked.filter((url) => !/^(file|data|blob):/.test(url)),
          [],
        );
        assert.deepEqual(wrong, []);
        assert.equal(await page.locator(".ms-modes-files, .ms-segment").count(), 0);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await page.locator(`body.vscode-${colorScheme}`).waitFor();
        }
      } finally {
        await page.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];
