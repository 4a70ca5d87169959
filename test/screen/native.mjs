// What VS Code itself shows for us: tree, walkthrough, log.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { becomes } from "./becomes.mjs";

const TREE = ".pane-body .monaco-list-row";

export const NATIVE = [
  {
    name: "the tree lists checkpoints by run, follows the file system, and its menu copies a path",
    async run(screen) {
      const { page } = screen;
      await page.locator(".activitybar a[aria-label='ModeScope']").click();
      const row = (text) => page.locator(TREE, { hasText: text });
      await row("toy-world/eight-items").waitFor();
      await mkdir(screen.path("runs/one/checkpoints"), { recursive: true });
      await copyFile(screen.path("digits/mlp/checkpoints/epoch-001.pt"), screen.path("runs/one/checkpoints/first.pt"));
      await row("runs/one").click();
      await row("first.pt").click({ button: "right" });
      await screen.menu("Copy Relative Path");
      await becomes(page, "runs/one/checkpoints/first.pt", screen.clipboard);
      await row("first.pt").click();
      await screen.frame(".ms-panel-overview [data-row]");
      await rm(screen.path("runs"), { recursive: true });
      await row("runs/one").waitFor({ state: "detached" });
      await page.locator(".activitybar a[aria-label^='Explorer']").click();
    },
  },
  {
    name: "the log opens in the output panel",
    async run(screen) {
      await screen.command("ModeScope: Show Log");
      await screen.page.locator(".part.panel .view-line", { hasText: "Engine started" }).first().waitFor();
      await screen.command("View: Hide Panel");
    },
  },
];
