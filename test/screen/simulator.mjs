// The learning simulator: without any file, and the series that it writes.
import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";

const NAME = "ModeScope: Open Learning Simulator";

async function openSimulator(screen) {
  await screen.command(NAME);
  const frame = await screen.frame(".ms-panel-simulator form");
  await frame.getByText("Trained for").waitFor();
  return frame;
}

/** Only by keys: the label's field gets the focus, and what is typed takes the place of what was there. */
async function type(frame, page, label, text) {
  await frame.getByRole("textbox", { name: label }).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
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
      await screen.page.keyboard.press("Control+a");
      await screen.page.keyboard.type("0.2");
      await frame.getByRole("alert").waitFor({ state: "detached" });
    },
  },
  {
    name: "a simulated run is written into a folder, and never over what is there without a question",
    async run(screen) {
      const folder = screen.path("simulated");
      await mkdir(folder, { recursive: true });
      const frame = await openSimulator(screen);
      const { page } = screen;
      const write = async () => {
        await frame.getByRole("button", { name: "Export as Series" }).click();
        const input = page.locator(".quick-input-widget input[type=text]");
        await input.waitFor();
        await input.fill(`${folder}/`);
        await page.locator(".quick-input-widget").getByText("Write Here", { exact: true }).click();
      };
      await write();
      await frame.getByText("41 files were written to simulated.").waitFor();
      const names = (await readdir(folder)).sort();
      assert.equal(names.length, 41);
      assert.deepEqual([names[0], names[1]], ["data.csv", "step-0000.safetensors"]);
      await write();
      const dialog = page.locator(".monaco-dialog-box");
      await dialog.getByText("Replace 41 files in simulated?").waitFor();
      await dialog.getByText("Cancel").click();
      await frame.getByRole("button", { name: "Export as Series" }).waitFor();
    },
  },
];
