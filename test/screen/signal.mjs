// Phase diagram, isometry and expressivity: from an open checkpoint by the palette, and by keys.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { becomes } from "./becomes.mjs";

const CHAOTIC = "criticality/chaotic/checkpoints/step-0000.safetensors";

async function chooseTanh(frame) {
  const activation = frame.locator(".ms-signal-controls select").first();
  await activation.waitFor();
  await activation.selectOption("tanh");
}

export const SIGNAL = [
  {
    name: "the phase diagram of an open checkpoint: layers in the plane, and the probe goes by arrow keys",
    async run(screen) {
      await screen.open(CHAOTIC);
      await screen.frame(".ms-panel-overview [data-row]");
      await screen.command("ModeScope: Show Phase Diagram");
      const frame = await screen.frame(".ms-panel-phase-diagram .ms-plane-plot");
      await chooseTanh(frame);
      await frame.locator("h1", { hasText: "initializations of tanh" }).waitFor();
      const words = frame.locator(".ms-signal-grid [role=status]");
      await words.filter({ hasText: "chaotic" }).waitFor();
      await frame.locator(".ms-plane-plot").focus();
      for (let k = 0; k < 16; k++) await screen.page.keyboard.press("ArrowLeft");
      await words.filter({ hasText: "ordered" }).waitFor();
      assert.equal(await frame.locator(".ms-table-scroll .ms-signal-table tbody tr").count(), 31);
    },
  },
  {
    name: "without any checkpoint the plane opens from the palette",
    async run(screen) {
      await screen.command("ModeScope: Open Phase Diagram");
      const frame = await screen.frame(".ms-panel-phase-diagram .ms-plane-plot");
      await frame.locator("h1", { hasText: "Initializations of ReLU" }).waitFor();
    },
  },
  {
    name: "isometry and expressivity open from a checkpoint's context menu, under their titles, and say when the file changes",
    async run(screen) {
      const critical = "criticality/critical/checkpoints/step-0000.safetensors";
      const name = critical.split("/").at(-1);
      const kept = await readFile(screen.path(critical));
      const choose = async (entry) => {
        await (await screen.explorerRow(critical)).click({ button: "right" });
        await screen.submenu("ModeScope", entry);
      };
      await choose("Show Expressivity");
      await screen.page.locator(`.tab.active[aria-label^="Expressivity: ${name}"]`).waitFor();
      const expressivity = await screen.frame(".ms-panel-expressivity .ms-signal-controls select");
      await chooseTanh(expressivity);
      await expressivity.locator(".ms-signal-table tbody tr").first().waitFor();
      await choose("Show Dynamical Isometry");
      await screen.page.locator(`.tab.active[aria-label^="Dynamical Isometry: ${name}"]`).waitFor();
      const isometry = await screen.frame(".ms-panel-isometry .ms-signal-controls select");
      await chooseTanh(isometry);
      await isometry.locator(".ms-signal-table tbody tr", { hasText: "loaded" }).waitFor();
      await writeFile(screen.path(critical), kept);
      await isometry
        .locator(".ms-file-banner", { hasText: `${name} changed on disk` })
        .locator("vscode-button")
        .click();
      await becomes(screen.page, "", () => isometry.locator(".ms-file-banner").textContent());
      await isometry.locator(".ms-signal-table tbody tr", { hasText: "loaded" }).waitFor();
    },
  },
];
