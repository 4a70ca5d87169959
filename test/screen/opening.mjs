// Ways to open a checkpoint, and what is said of files that are none.
import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { noise, writeSafetensors } from "./checkpoints.mjs";

const ROWS = ".ms-panel-overview [data-row]";
const CHECKPOINT = "digits/mlp/checkpoints/epoch-001.pt";

/** What the error view says once it is there. */
async function told(screen, sentence) {
  const frame = await screen.frame(`.ms-error h1:has-text("${sentence}")`);
  return { frame, text: await frame.locator(".ms-error").textContent() };
}

export const OPENING = [
  {
    name: "the explorer's menu opens a checkpoint beside the code",
    async run(screen) {
      await screen.open("digits/train_mlp.py");
      // The explorer opens the file's folder by itself; a click on the folder in that moment would close it again.
      await screen.page.locator(".explorer-folders-view .monaco-list-row", { hasText: /^train_mlp\.py$/ }).waitFor();
      await (await screen.explorerRow(CHECKPOINT)).click({ button: "right" });
      await screen.menu("Analyze Checkpoint");
      await screen.frame(ROWS);
      assert.equal(await screen.page.locator(".editor-group-container").count(), 2);
    },
  },
  {
    name: "a selection of several opens each, a folder lets one choose, and Enter takes the highlighted one",
    async run(screen) {
      await (await screen.explorerRow("digits/mlp/checkpoints/epoch-002.pt")).click({ modifiers: ["Control"] });
      await (await screen.explorerRow(CHECKPOINT)).click({ modifiers: ["Control"] });
      await (await screen.explorerRow(CHECKPOINT)).click({ button: "right" });
      await screen.menu("Analyze Checkpoint");
      for (const name of ["epoch-001.pt", "epoch-002.pt"])
        await screen.page.locator(`.tab[aria-label^="${name}"]`).waitFor();
      await screen.closeEditors();

      await (await screen.explorerRow("digits/mlp/checkpoints")).click({ button: "right" });
      await screen.menu("Analyze Checkpoint");
      await screen.page.locator(".quick-input-list .monaco-list-row", { hasText: "epoch-010.pt" }).waitFor();
      await screen.page.keyboard.press("ArrowDown");
      await screen.page.keyboard.press("Enter");
      await screen.frame(ROWS);
      assert.equal(await screen.page.locator(".tab").count(), 1);
    },
  },
  {
    name: "the palette offers the workspace's checkpoints where nothing is chosen",
    async run(screen) {
      await screen.command("ModeScope: Analyze Checkpoint");
      const input = screen.page.locator(".quick-input-widget input[type=text]");
      await input.fill("four-items");
      await screen.page
        .locator(".quick-input-list .monaco-list-row", { hasText: "step-0000.safetensors" })
        .first()
        .waitFor();
      await screen.page.keyboard.press("Enter");
      await screen.frame(ROWS);
    },
  },
  {
    name: "a suffix that others own stays theirs, with ours in Reopen With and in the title bar",
    async run(screen) {
      await copyFile(screen.path(CHECKPOINT), screen.path("shared.bin"));
      await screen.open("shared.bin");
      const action = screen.page.locator(".editor-actions [aria-label^='Analyze Checkpoint']");
      await action.click();
      await screen.frame(ROWS);
      assert.equal(await action.count(), 0);
    },
  },
  {
    name: "a Git LFS pointer, an empty file, a web page, a file without tensors: each its own sentence and remedy",
    async run(screen) {
      const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d".repeat(32)}\nsize 12345\n`;
      await writeFile(screen.path("pointer.safetensors"), pointer);
      await writeFile(screen.path("empty.pt"), "");
      await writeFile(screen.path("page.pth"), "<!DOCTYPE html><html><body>404</body></html>");
      await writeSafetensors(screen.path("none.safetensors"), []);
      await screen.open("pointer.safetensors");
      assert.match((await told(screen, "Git LFS pointer")).text, /git lfs pull/);
      await screen.open("empty.pt");
      await told(screen, "empty");
      await screen.open("none.safetensors");
      await told(screen, "no tensor");
      await screen.open("page.pth");
      const { frame } = await told(screen, "web page");
      await frame.locator("vscode-button", { hasText: "Open as Text" }).click();
      await screen.page.locator(".monaco-editor .view-line", { hasText: "404" }).waitFor();
    },
  },
  {
    name: "a file that could not be opened opens by itself once it is whole",
    async run(screen) {
      await writeFile(screen.path("late.safetensors"), "");
      await screen.open("late.safetensors");
      await told(screen, "empty");
      await writeSafetensors(screen.path("late.safetensors"), [["layer.weight", [4, 4], noise(16)]]);
      await screen.frame(`${ROWS}:has-text("layer.weight")`);
    },
  },
  {
    name: "a file whose content belies its name is opened by its content, and says so",
    async run(screen) {
      await writeSafetensors(screen.path("really.pt"), [["a.weight", [4, 4], noise(16)]]);
      await screen.open("really.pt");
      const frame = await screen.frame(".ms-finding-warning");
      assert.match(await frame.locator(".ms-finding-warning").textContent(), /content is safetensors/);
    },
  },
];
