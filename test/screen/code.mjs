// From the lens over a class to the phase diagram, by the slider's keys into the code, and back by the document's own edits.
import assert from "node:assert/strict";
import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../scripts/_lib/process.mjs";
import { becomes } from "./becomes.mjs";

const HISTORICAL = join(ROOT, "test", "fixtures", "lint", "historical");

const FIXTURE = join(ROOT, "test", "fixtures", "lint", "code", "net.py");
const SOURCE = await readFile(FIXTURE, "utf8");

/** Opens the panel by the lens, and gives its frame. */
async function throughTheLens(screen, words) {
  const lens = screen.page.locator(".codelens-decoration a", { hasText: words }).first();
  await lens.waitFor();
  await lens.click();
  const frame = await screen.frame(".ms-panel-phase-diagram .ms-plane-plot");
  await frame.locator(".ms-code-part h2").waitFor();
  return frame;
}

const sourceLine = (screen, text) => screen.page.locator(".view-line", { hasText: text }).first();

export const CODE = [
  {
    name: "lens → phase diagram → slider by keys → Apply to Code → confirmed: the source is changed, and the points are there",
    async run(screen) {
      const { page } = screen;
      await copyFile(FIXTURE, screen.path("net.py"));
      await screen.open("net.py");
      const frame = await throughTheLens(screen, "open phase diagram");
      await frame.locator("h1", { hasText: "Net: initializations of tanh" }).waitFor();
      const slider = frame.locator("input[type=range]").first();
      await slider.focus();
      for (let k = 0; k < 20; k++) await page.keyboard.press("ArrowRight");
      const wanted = await slider.inputValue();
      assert.ok(Number(wanted) > 1.2, `the slider went to ${wanted}`);
      const written = String(Number(Number(wanted).toPrecision(6)));
      await frame.locator(".ms-diff-new", { hasText: `sigma=${written}` }).waitFor();
      await frame.locator(".ms-code-part vscode-button:not([disabled])").focus();
      await page.keyboard.press("Enter");
      // The editor asks itself: nothing is written before it is confirmed.
      const dialog = page.locator(".monaco-dialog-box", { hasText: `+ def __init__(self, sigma=${written}):` });
      await dialog.waitFor();
      await sourceLine(screen, "sigma=1.0").waitFor();
      await dialog.locator(".monaco-button", { hasText: "Apply" }).click();
      await sourceLine(screen, `sigma=${written}`).waitFor();
      await frame.locator(".ms-code-part [role=status]", { hasText: "Applied." }).waitFor();
      await frame.locator(".ms-chart details summary").first().click();
      const row = frame.locator(".ms-chart details tbody tr", { hasText: /^a/ }).first();
      await becomes(page, true, async () => (await row.textContent()).includes(Number(wanted).toPrecision(3)));
      // One step takes it back.
      await sourceLine(screen, "class Net").click();
      await page.keyboard.press("Control+z");
      await sourceLine(screen, "sigma=1.0").waitFor();
      await becomes(page, true, async () => !(await row.textContent()).includes(Number(wanted).toPrecision(3)));
      // Nothing was saved: that is the person's to do.
      assert.equal(await readFile(screen.path("net.py"), "utf8"), SOURCE);
      await screen.command("File: Revert File");
      await screen.closeEditors();
      await rm(screen.path("net.py"));
    },
  },
  {
    name: "a finding about a phase moves to the critical line by its quick fix, and is gone",
    async run(screen) {
      const { page } = screen;
      await copyFile(join(HISTORICAL, "torch_default_relu.py"), screen.path("deep.py"));
      await screen.open("deep.py");
      await page.locator(".squiggly-error").first().waitFor();
      await page.keyboard.press("F8");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+.");
      await page
        .locator(".action-widget .monaco-list-row", { hasText: "Move to the critical line: σ_w 0.577" })
        .click();
      await sourceLine(screen, "kaiming_normal_").waitFor();
      await page.locator(".codelens-decoration", { hasText: "critical" }).first().waitFor();
      await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
      await screen.command("File: Revert File");
      await screen.closeEditors();
      await rm(screen.path("deep.py"));
    },
  },
];
