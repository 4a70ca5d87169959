// Checkpoints that are cut, replaced or deleted while they are looked at: clear words, nothing that waits for ever, a way on.
import assert from "node:assert/strict";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { noise, writeSafetensors } from "./checkpoints.mjs";

/** Large enough that it is cut in the middle of its analysis. */
const SIDE = 512;
const LAYERS = 14;

async function large(path, change = () => {}) {
  const values = noise(SIDE * SIDE, 7);
  change(values);
  await writeSafetensors(
    path,
    Array.from({ length: LAYERS }, (_, k) => [`layer.${k}.weight`, [SIDE, SIDE], values]),
  );
}

const problems = (page) => page.locator(".markers-panel .monaco-list-row", { hasText: "cut.safetensors" });

export const BAD_INPUT = [
  {
    name: "a checkpoint that is cut while it is analysed and linted, then whole again, then gone: each is said, Problems follow, nothing waits",
    async run(screen) {
      const { page } = screen;
      const path = screen.path("cut.safetensors");
      await large(path, (values) => values.fill(Number.NaN, 5, 6));
      const whole = await readFile(path);
      await screen.open("cut.safetensors");
      const frame = await screen.frame(".ms-panel-overview [data-row]");
      await frame.locator(".ms-lint-summary", { hasText: "1 NaN" }).waitFor();
      await screen.command("Problems: Focus on Problems View");
      await problems(page).waitFor();

      await truncate(path, 5_000);
      await frame.locator(".ms-banner", { hasText: "cut.safetensors changed on disk" }).waitFor();
      // Findings are of a version that is no longer there.
      await problems(page).waitFor({ state: "detached" });
      // Rows that were not read in time have their reason; none is waited for.
      await frame.locator(".ms-progress-text", { hasText: "Analysed" }).waitFor();
      await frame.locator(".ms-lint-failed, .ms-lint-count").first().waitFor();
      await frame.getByRole("button", { name: "Refresh" }).click();
      const error = frame.locator(".ms-error");
      await error.waitFor();
      const words = await error.textContent();
      assert.match(words, /the file has only \d+ there/, words);
      assert.equal(await frame.locator("progress, vscode-progress-ring").count(), 0);

      // Its writer is through: nobody has to ask.
      await writeFile(path, whole);
      await frame.locator("[data-row]").first().waitFor();
      await problems(page).waitFor();

      await rm(path);
      await frame.locator(".ms-banner", { hasText: "was deleted on disk" }).waitFor();
      await problems(page).waitFor({ state: "detached" });
      await screen.command("View: Hide Panel");
      await frame.getByRole("button", { name: "Refresh" }).click();
      await frame.locator(".ms-error", { hasText: "cut.safetensors" }).waitFor();
      await screen.closeEditors();
    },
  },
  {
    name: "weights that are compared while one of the files is cut: a sentence instead of a picture, and the comparison when it is whole",
    async run(screen) {
      const { page } = screen;
      const [one, two] = ["seed-0.weights.safetensors", "seed-1.weights.safetensors"];
      const path = screen.path(`two-seeds/${two}`);
      const whole = await readFile(path);
      await (await screen.explorerRow(`two-seeds/${one}`)).click();
      // Its editor opens first: the explorer selects what is opened.
      await screen.frame(".ms-panel-overview [data-row]");
      const row = await screen.explorerRow(`two-seeds/${two}`);
      await row.click({ modifiers: ["Control"] });
      await page.locator(".explorer-folders-view .monaco-list-row.selected").nth(1).waitFor();
      await row.click({ button: "right" });
      await truncate(path, 900);
      await screen.submenu("ModeScope", "Compare Weights");
      // What cannot be shown takes the panel's place.
      const frame = await screen.frame(".ms-error");
      const refusal = frame.locator(".ms-error");
      assert.match(await refusal.textContent(), /seed-1\.weights\.safetensors/);
      assert.equal(await frame.locator("progress, vscode-progress-ring").count(), 0);
      await writeFile(path, whole);
      await frame.getByRole("heading", { name: /seed-0.*seed-1/ }).waitFor();
      await frame.locator("vscode-progress-ring").waitFor({ state: "detached" });
      await rm(path);
      await frame.locator(".ms-file-banner", { hasText: "is gone from disk" }).waitFor();
      await writeFile(path, whole);
      // The host is as alive as before.
      await screen.command("ModeScope: Show Log");
      await page.locator(".part.panel .view-line", { hasText: "Engine started" }).first().waitFor();
      await screen.command("View: Hide Panel");
      await screen.closeEditors();
    },
  },
];
