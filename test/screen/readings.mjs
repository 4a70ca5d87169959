// How tensors are read, and what a table's items are: said by a person, shown at once.
import { readFile } from "node:fs/promises";
import { becomes } from "./becomes.mjs";

const CHECKPOINT = "transformer/checkpoints/step-0100.pt";

async function overrides(screen) {
  const text = await readFile(screen.path(".vscode/settings.json"), "utf8").catch(() => "{}");
  return JSON.parse(text)["modescope.tensors.overrides"];
}

export const READINGS = [
  {
    name: "a row's menu says how its tensor is read: remembered in the workspace, shown, and taken back",
    async run(screen) {
      const { page } = screen;
      await screen.open(CHECKPOINT);
      // Read anew, the overview is a new page: its frame is asked for each time.
      const overview = () => screen.frame(".ms-panel-overview:has(.codicon-check)");
      const read = async (as) => {
        await (await overview()).locator(".ms-name", { hasText: "token_embedding" }).click({ button: "right" });
        await screen.menu("Read Tensor As…");
        const entry = page.locator(".quick-input-list .monaco-list-row", { hasText: as }).first();
        await entry.click();
      };
      await read("not trained: statistics, masks, bookkeeping");
      // The second question takes the place of the first: its own title says that it is there.
      await page.locator(".quick-input-title", { hasText: "For Which Tensors?" }).waitFor();
      await page.keyboard.press("Enter");
      await becomes(page, { "token_embedding.weight": { role: "buffer" } }, () => overrides(screen));
      const sparklines = async () =>
        (await overview())
          .locator("[data-row]:has-text('token_embedding') svg")
          .count()
          .catch(() => undefined);
      await becomes(page, 0, sparklines);
      await read("forget what was said about this tensor");
      await becomes(page, undefined, () => overrides(screen));
      await becomes(page, 1, sparklines);
    },
  },
  {
    name: "a table's menu shows the hierarchy of its items; a split says what it separates",
    async run(screen) {
      await (await screen.explorerRow("toy-world/four-items/data.csv")).click({ button: "right" });
      await screen.menu("Show Mode Hierarchy");
      const frame = await screen.frame(".ms-tree");
      await becomes(screen.page, ["Canary", "Salmon", "Oak", "Rose"], () =>
        frame.locator(".ms-tree-items li").allTextContents(),
      );
      await frame.locator(".ms-tree-node[data-node='0']").click();
      await becomes(screen.page, true, async () =>
        /Canary, Salmon \(Move\)/.test(await frame.locator(".ms-hierarchy-words").textContent()),
      );
    },
  },
];
