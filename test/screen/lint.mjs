// The lint in Python's own editor: squiggles, lens, hover with its picture, quick fix, and what typing does to them.
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../scripts/_lib/process.mjs";
import { becomes } from "./becomes.mjs";

const HISTORICAL = join(ROOT, "test", "fixtures", "lint", "historical");

/** A notebook whose imports and layers stand in different cells. */
const NOTEBOOK = {
  cells: [
    {
      cell_type: "code",
      metadata: {},
      outputs: [],
      execution_count: null,
      source: ["%matplotlib inline\n", "from torch import nn"],
    },
    {
      cell_type: "code",
      metadata: {},
      outputs: [],
      execution_count: null,
      source: ["layer = nn.Linear(784, 10)\n", "nn.init.uniform_(layer.weight)"],
    },
  ],
  metadata: { language_info: { name: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

export const LINT = [
  {
    name: "a network in a Python file has its phase over it and its findings below it; both follow what is typed",
    async run(screen) {
      const { page } = screen;
      await screen.open("criticality/train.py");
      const lens = page.locator(".codelens-decoration", { hasText: "ordered · χ₁ = 0.759" });
      await lens.first().waitFor();
      await page.locator(".squiggly-info").first().waitFor();
      // At the value of the critical line the lens says so.
      await page.keyboard.press("Control+h");
      await page.locator(".find-widget textarea[aria-label^='Find']").first().fill('"ordered": 1.0');
      await page.locator(".find-widget textarea[aria-label^='Replace']").first().fill('"ordered": 1.7610');
      await page.keyboard.press("Control+Alt+Enter");
      await page.keyboard.press("Escape");
      await page.locator(".codelens-decoration", { hasText: "χ₁ = 1 " }).first().waitFor();
      await page.keyboard.press("Control+z");
      await lens.first().waitFor();
      await screen.command("File: Revert File");
    },
  },
  {
    name: "the hover of a finding has its numbers and a picture; the quick fix writes what was meant",
    async run(screen) {
      const { page } = screen;
      await copyFile(join(HISTORICAL, "leaky_gain.py"), screen.path("leaky_gain.py"));
      await copyFile(join(HISTORICAL, "torch_default_relu.py"), screen.path("torch_default_relu.py"));
      await screen.open("torch_default_relu.py");
      await page.locator(".squiggly-error").first().waitFor();
      await page.keyboard.press("F8");
      await page.keyboard.press("Escape");
      await screen.command("Show or Focus Hover");
      const hover = page.locator(".monaco-hover", { hasText: "χ₁ = 0.167" });
      await hover.first().waitFor();
      const picture = hover.locator("img[alt^='This layer in its plane']").first();
      await picture.waitFor();
      await becomes(page, true, () => picture.evaluate((image) => image.complete && image.naturalWidth > 100));
      await page.keyboard.press("Escape");

      await screen.open("leaky_gain.py");
      await page.locator(".squiggly-info").first().waitFor();
      await page.keyboard.press("F8");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+.");
      await page.locator(".action-widget .monaco-list-row", { hasText: "Pass the slope: a=0.2" }).click();
      await page.locator(".view-line", { hasText: "a=0.2" }).first().waitFor();
      await page.locator(".squiggly-info").first().waitFor({ state: "detached" });
      await screen.command("File: Revert File");
      await screen.closeEditors();
      for (const name of ["leaky_gain.py", "torch_default_relu.py"]) await rm(screen.path(name));
    },
  },
  {
    name: "the cells of a notebook are one source: what one imports, another is linted by",
    async run(screen) {
      await writeFile(screen.path("init.ipynb"), JSON.stringify(NOTEBOOK));
      await screen.open("init.ipynb");
      await screen.page
        .locator(".notebook-editor .squiggly-warning, .notebookOverlay .squiggly-warning")
        .first()
        .waitFor();
      await screen.closeEditors();
      await rm(screen.path("init.ipynb"));
    },
  },
];
