// The tensor view, and the way from it to the code.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { becomes } from "./becomes.mjs";

const CHECKPOINT = "transformer/checkpoints/step-0400.pt";

async function openTensor(screen, name) {
  await screen.open(CHECKPOINT);
  const frame = await screen.frame(".ms-panel-overview [data-row]");
  await frame
    .locator("[aria-label='Show as flat list']")
    .click()
    .catch(() => undefined);
  await frame.locator(".ms-name", { hasText: name }).first().click();
  return screen.frame(`.ms-panel-tensor h1:has-text("${name}")`);
}

/** The line that the cursor is on, as the status bar tells it. */
const cursorLine = async (page) => {
  const label = await page.locator(".statusbar-item[id='status.editor.selection']").textContent();
  return Number(/Ln (\d+)/.exec(label)?.[1]);
};

export const TENSOR = [
  {
    name: "the header links the line of Python that made the tensor, and goes there",
    async run(screen) {
      const frame = await openTensor(screen, "blocks.0.mlp.0.weight");
      const link = frame.locator(".ms-code-link");
      await link.waitFor();
      const [, line] = /transformer\/train\.py:(\d+)/.exec(await link.textContent());
      await link.click();
      await screen.page.locator(".tab.active[aria-label^='train.py']").waitFor();
      await becomes(screen.page, Number(line), () => cursorLine(screen.page));
      assert.match(
        await screen.page.locator(".view-line", { hasText: "self.mlp" }).first().textContent(),
        /nn\.Sequential/,
      );
    },
  },
  {
    name: "several lines that fit are a choice, the nearest first; none is no link",
    async run(screen) {
      await writeFile(
        screen.path("other.py"),
        "class A:\n  def f(self):\n    self.token_embedding = nn.Embedding(1, 2)\n",
      );
      const frame = await openTensor(screen, "token_embedding.weight");
      await frame.locator(".ms-code-link", { hasText: "2 lines of code" }).click();
      const choices = screen.page.locator(".quick-input-list .monaco-list-row");
      await choices.nth(1).waitFor();
      assert.match(await choices.first().getAttribute("aria-label"), /transformer\/train\.py/);
      await screen.page.keyboard.press("Escape");
    },
  },
  {
    name: "a row's own menu copies its name",
    async run(screen) {
      await screen.open(CHECKPOINT);
      const frame = await screen.frame(".ms-panel-overview [data-row]");
      await frame.locator(".ms-name", { hasText: "position_embedding" }).click({ button: "right" });
      await screen.menu("Copy Tensor Name");
      await becomes(screen.page, "position_embedding.weight", screen.clipboard);
    },
  },
  {
    name: "what is chosen in a tensor view survives a reload of the window",
    async run(screen) {
      const before = await openTensor(screen, "head.weight");
      await before.locator("[data-section=spectrum] [aria-expanded=true]").click();
      await screen.page.waitForTimeout(1_500);
      await screen.reload();
      const after = await screen.frame(".ms-panel-tensor h1:has-text('head.weight')");
      assert.equal(
        await after.locator("[data-section=spectrum] .ms-section-toggle").getAttribute("aria-expanded"),
        "false",
      );
    },
  },
];
