// The mode hierarchy in the editor: of a folder, by mouse and keyboard, with names of one's choice.
import assert from "node:assert/strict";
import { becomes } from "./becomes.mjs";

const NAMES = ["Canary", "Salmon", "Oak", "Rose"];

/** The table of a folder, chosen in the list that a click on the folder brings. */
async function showOfFolder(screen) {
  await (await screen.explorerRow("toy-world/four-items")).click({ button: "right" });
  await screen.submenu("ModeScope", "Show Mode Hierarchy");
  await screen.page.locator(".quick-input-list .monaco-list-row", { hasText: "data.csv" }).click();
  return screen.frame("[data-section=hierarchy] .ms-tree");
}

export const HIERARCHY = [
  {
    name: "a folder's menu asks which table; split, item, mode and pair of the hierarchy choose each other by keyboard",
    async run(screen) {
      const frame = await showOfFolder(screen);
      const { page } = screen;
      const section = frame.locator("[data-section=hierarchy]");
      const words = () => section.locator(".ms-hierarchy-words").textContent();
      await becomes(page, NAMES, () => section.locator(".ms-tree-items li").allTextContents());
      await section.locator(".ms-tree-items li").first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await becomes(page, true, async () => /^Salmon: typicality/.test(await words()));
      assert.equal(await section.locator(".ms-on-path").count(), 2);
      const matrix = section.locator(".ms-similarity canvas");
      await matrix.focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await becomes(page, true, async () =>
        /^Salmon · Canary/.test(await section.locator(".ms-similarity-said").textContent()),
      );
      await page.keyboard.press("Enter");
      await becomes(page, true, async () => /^Split of 2 items/.test(await words()));
      await section.locator(".ms-mode-choice", { hasText: "2" }).first().click();
      await becomes(page, "true", () => section.locator(".ms-tree-node[data-node='0']").getAttribute("aria-pressed"));
      await becomes(page, true, async () => /^Mode 2: .*Canary, Salmon \(Move\)/.test(await words()));
    },
  },
  {
    name: "an item is found by its name; names are numbers and words again by quick pick",
    async run(screen) {
      const frame = await showOfFolder(screen);
      const { page } = screen;
      const section = frame.locator("[data-section=hierarchy]");
      await section.locator(".ms-find-input").fill("ro");
      await page.keyboard.press("Enter");
      await becomes(page, ["Rose"], () => section.locator(".ms-tree-items li[aria-selected=true]").allTextContents());
      for (const [choice, names] of [
        ["Unit Numbers", ["row 0", "row 1", "row 2", "row 3"]],
        ["Automatic", NAMES],
      ]) {
        await section.locator(".ms-hierarchy-controls .ms-link", { hasText: "Choose" }).click();
        await page.locator(".quick-input-list .monaco-list-row", { hasText: choice }).click();
        await becomes(page, names, () => section.locator(".ms-tree-items li").allTextContents());
      }
    },
  },
];
