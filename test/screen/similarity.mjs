// Representations compared: from files selected together in the explorer to cells, items and saved pictures.
import assert from "node:assert/strict";
import { becomes } from "./becomes.mjs";

/** Selects files of the sample together and asks for their comparison by the explorer's own menu. */
async function openComparison(screen, names) {
  const rows = [];
  for (const name of names) rows.push(await screen.explorerRow(`two-seeds/${name}`));
  await rows[0].click();
  for (const row of rows.slice(1)) await row.click({ modifiers: ["Control"] });
  await rows[rows.length - 1].click({ button: "right" });
  await screen.page.locator(".monaco-menu .action-label", { hasText: "ModeScope" }).last().hover();
  await screen.menu("Compare Representations");
  return screen.frame(".ms-panel-similarity .ms-sim-layers canvas");
}

const finished = (frame) => frame.locator(".ms-sim-status:empty").waitFor({ state: "attached" });

export const SIMILARITY = [
  {
    name: "two selected files are compared: cells by keys, their card, and the table beside the picture",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz"]);
      await finished(frame);
      assert.match(await frame.locator("h1").textContent(), /CKA, debiased/);
      const canvas = frame.locator(".ms-sim-layers canvas");
      await canvas.focus();
      await canvas.press("Home");
      for (let step = 0; step < 6; step++) await canvas.press("ArrowRight");
      const readout = frame.locator(".ms-sim-layers .ms-readout");
      assert.match(await readout.textContent(), /seed-0: hidden1 and seed-1: hidden1: 0\.9242, 95 % from 0\.90/);
      await canvas.press("Enter");
      assert.match(await frame.locator("dialog.ms-card").textContent(), /HSIC₁/);
      await screen.page.keyboard.press("Escape");
      await frame.locator(".ms-sim-layers summary", { hasText: "Show as table" }).click();
      assert.equal(await frame.locator(".ms-sim-layers .ms-scene .ms-data-table tbody tr").count(), 78);
    },
  },
  {
    name: "items marked in one matrix are marked in all, and another measure is remembered",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz"]);
      await finished(frame);
      const canvas = frame.locator(".ms-sim-rdms canvas").first();
      await canvas.focus();
      await canvas.press("Home");
      await canvas.press("ArrowRight");
      await canvas.press("Enter");
      await becomes(screen.page, 12, () => frame.locator(".ms-sim-items tbody tr").count());
      await frame.locator("[data-choice=measure]").selectOption("angular");
      await frame.locator("h1", { hasText: "Angular" }).waitFor();
      await screen.page.waitForTimeout(1_500);
      await screen.reload();
      const after = await screen.frame(".ms-panel-similarity h1:has-text('Angular')");
      await becomes(screen.page, 12, () => after.locator(".ms-sim-items tbody tr").count());
    },
  },
];
