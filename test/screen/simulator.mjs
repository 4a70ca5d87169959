// The learning simulator: without any file, and the series that it writes.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { until } from "../../scripts/_lib/process.mjs";
import { becomes } from "./becomes.mjs";

const NAME = "ModeScope: Open Learning Simulator";

async function openSimulator(screen) {
  await screen.command(NAME);
  const frame = await screen.frame(".ms-panel-simulator form");
  await frame.getByText("Trained for").waitFor();
  return frame;
}

/** What is typed takes the place of what was there. Not by Ctrl+A: the editor answers that a second time when its command has gone round, and would select what was typed. */
async function type(frame, page, label, text) {
  const field = frame.getByRole("textbox", { name: label });
  await field.selectText();
  await page.keyboard.type(text);
  await becomes(page, text, () => field.inputValue());
}

/** Exports into a folder, by the editor's own dialog. */
async function write({ page }, frame, folder) {
  await frame.getByRole("button", { name: "Export as Series" }).click();
  const widget = page.locator(".quick-input-widget");
  const input = widget.locator("input[type=text]");
  await input.waitFor();
  await input.fill(`${folder}/`);
  // The dialog looks the folder up while it is typed, and takes no answer until it is through.
  await until("the folder to be taken", async () => {
    await widget
      .getByText("Write Here", { exact: true })
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    await page.waitForTimeout(300);
    return (await widget.isHidden()) || undefined;
  });
}

export const SIMULATOR = [
  {
    name: "the simulator needs no file: theory follows each key, Enter trains, a refusal stands at its field",
    async run(screen) {
      const frame = await openSimulator(screen);
      await type(frame, screen.page, "Weight matrices", "1");
      await frame.getByText("Theory alone.").waitFor();
      await screen.page.keyboard.press("Enter");
      await frame.getByText("Trained for").waitFor();
      await frame.locator(".ms-simulator-table tbody tr").nth(3).waitFor();
      await type(frame, screen.page, "Flip probability", "0.9");
      await frame.getByRole("alert").filter({ hasText: "from 0 to 0.49" }).waitFor();
      assert.equal(await frame.getByRole("textbox", { name: "Flip probability" }).getAttribute("aria-invalid"), "true");
      await type(frame, screen.page, "Flip probability", "0.2");
      await frame.getByRole("alert").waitFor({ state: "detached" });
    },
  },
  {
    name: "a simulated run is written into a folder, and shown as the run that it is",
    async run(screen) {
      const folder = await mkdtemp(screen.path("simulated-"));
      const name = basename(folder);
      const frame = await openSimulator(screen);
      await write(screen, frame, folder);
      await frame.getByText(`41 files were written to ${name}.`).waitFor();
      const names = (await readdir(folder)).sort();
      assert.equal(names.length, 41);
      assert.deepEqual([names[0], names[1]], ["data.csv", "step-0000.safetensors"]);
      // What was written is offered to be looked at: a run with its rate, its table, and its modes beside theory.
      await frame.getByRole("button", { name: "Show Learning Dynamics" }).click();
      const dynamics = await screen.frame(".ms-dynamics");
      await dynamics.getByText("40 checkpoints").first().waitFor();
      await dynamics.locator("option[selected]", { hasText: "data.csv" }).waitFor({ state: "attached" });
    },
  },
  {
    name: "nothing that is there is written over without a question",
    async run(screen) {
      const folder = await mkdtemp(screen.path("simulated-"));
      await writeFile(join(folder, "data.csv"), "mine");
      const frame = await openSimulator(screen);
      await write(screen, frame, folder);
      const dialog = screen.page.locator(".monaco-dialog-box");
      await dialog.getByText(`Replace 1 file in ${basename(folder)}?`).waitFor();
      await dialog.getByText("Cancel").click();
      await frame.getByRole("button", { name: "Export as Series" }).waitFor();
      assert.deepEqual(await readdir(folder), ["data.csv"]);
      assert.equal(await readFile(join(folder, "data.csv"), "utf8"), "mine");
    },
  },
  {
    name: "a right-click on a table simulates how that is learned",
    async run(screen) {
      const row = await screen.explorerRow("toy-world/four-items/data.csv");
      await row.click({ button: "right" });
      await screen.menu("ModeScope");
      await screen.menu("Simulate Learning");
      const frame = await screen.frame(".ms-panel-simulator form");
      await frame.getByText("Modes of data.csv").waitFor();
      await frame.getByText("Trained for").waitFor();
      assert.equal(await frame.locator(".ms-simulator-table tbody tr").count(), 3);
    },
  },
];
