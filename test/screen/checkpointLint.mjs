// The lint of a checkpoint on the screen: findings above the table by keyboard and mouse, marks on rows, the Problems panel.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { becomes } from "./becomes.mjs";
import { noise, writeSafetensors } from "./checkpoints.mjs";

const NAME = "linted.safetensors";
const FRAME = ".ms-panel-overview:has(.ms-lint-row)";

async function broken(screen) {
  const layer = (name, seed, change) => {
    const values = noise(64 * 64, seed);
    change(values);
    return [name, [64, 64], values];
  };
  await writeSafetensors(screen.path(NAME), [
    layer("encoder.0.weight", 1, () => {}),
    layer("encoder.1.weight", 2, (values) => values.fill(0, 3 * 64, 4 * 64)),
    layer("decoder.0.weight", 3, (values) => values.fill(Number.NaN, 7, 8)),
  ]);
}

const selected = (frame) =>
  frame.evaluate(() =>
    [...document.querySelectorAll("[aria-selected=true] .ms-cell-name")].map((cell) => cell.title.split("\n")[0]),
  );

export const CHECKPOINT_LINT = [
  {
    name: "findings of a checkpoint: worst first, arrows and Enter lead to rows, a filter leaves the others out, Problems has them too",
    async run(screen) {
      await broken(screen);
      const { page } = screen;
      await screen.open(NAME);
      const frame = await screen.frame(FRAME);
      const rows = frame.locator(".ms-lint-row");
      await becomes(page, ["decoder.0.weight", "encoder.1.weight"], () =>
        rows.locator(".ms-lint-tensor").allTextContents(),
      );
      const summary = frame.locator(".ms-lint-summary");
      assert.match(await summary.textContent(), /1 error.*1 warning.*decoder\.0\.weight.*1 NaN/s);
      // One line until a person opens it.
      await becomes(page, false, () => rows.first().isVisible());
      await summary.focus();
      await page.keyboard.press("Enter");
      await rows.first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await becomes(page, ["encoder.1.weight"], () => selected(frame));
      // One tab stop: the list is left at once, backwards too.
      await becomes(page, [-1, 0], () => rows.evaluateAll((all) => all.map(({ tabIndex }) => tabIndex)));
      const mark = frame.locator("[aria-selected=true] .ms-severity-warning");
      assert.match(await mark.getAttribute("aria-label"), /^1 finding: warning MF010: 1 of 64 units have no weights/);

      await frame.locator(".ms-lint .ms-link", { hasText: "only tensors with findings" }).click();
      await becomes(page, "2 of 3", async () => (await frame.locator(".ms-count").textContent()).trim());
      await frame.locator(".ms-lint .ms-link", { hasText: "Show all tensors" }).click();
      await becomes(page, "", async () => (await frame.locator(".ms-count").textContent()).trim());

      // A row that lies in a closed group is opened.
      await frame.locator("[role=row] .ms-twisty").first().click();
      await rows.nth(1).click();
      await becomes(page, ["encoder.1.weight"], () => selected(frame));

      await screen.command("Problems: Focus on Problems View");
      await page.locator(".markers-panel .monaco-list-row", { hasText: "1 NaN and 0 infinite of 4096" }).waitFor();
      await screen.command("View: Hide Panel");

      await rows.first().focus();
      await page.keyboard.press("Control+Enter");
      await page.locator(".tab.active", { hasText: "decoder.0.weight" }).waitFor();
      await screen.closeEditors();
      await rm(screen.path(NAME));
    },
  },
];
