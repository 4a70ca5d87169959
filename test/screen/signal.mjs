// Phase diagram, isometry and expressivity: from an open checkpoint by the palette, and by keys.
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../scripts/_lib/process.mjs";
import { becomes } from "./becomes.mjs";

const CHAOTIC = "criticality/chaotic/checkpoints/step-0000.safetensors";

async function chooseTanh(frame) {
  const activation = frame.locator(".ms-signal-controls select").first();
  await activation.waitFor();
  await activation.selectOption("tanh");
}

/** A network with convolutions, batch norms and skip connections, as an ONNX file beside the samples. */
async function residualModel(screen) {
  await copyFile(join(ROOT, "test/fixtures/derivatives/residual.onnx"), screen.path("residual-init.onnx"));
  await screen.open("residual-init.onnx");
  await screen.frame(".ms-panel-overview [data-row]");
}

export const SIGNAL = [
  {
    name: "isometry of an ONNX model of any architecture: values to choose, growth, singular values with errors, theory refused in words",
    async run(screen) {
      await residualModel(screen);
      await screen.command("ModeScope: Show Dynamical Isometry");
      const frame = await screen.frame(".ms-panel-isometry .ms-signal-table");
      await frame.getByText("4 links between values that all ways go through").waitFor();
      await frame.getByText("Theory of densities is for chains of dense layers").waitFor();
      await frame.locator("[data-field=largest].ms-number-card", { hasText: /\d/ }).waitFor();
      const growth = frame.locator(".ms-signal-table").last().locator("tbody tr");
      assert.equal(await growth.count(), 5);
      assert.match(await growth.last().locator("td").nth(3).textContent(), /\d/);
      // One block alone.
      await frame.locator(".ms-signal-row select").first().selectOption("2");
      await frame.getByText("2 links between values that all ways go through").waitFor();
    },
  },
  {
    name: "expressivity of the same model: a circle value by value, each kink by its name",
    async run(screen) {
      await residualModel(screen);
      await screen.command("ModeScope: Show Expressivity");
      const frame = await screen.frame(".ms-panel-expressivity .ms-signal-table");
      await frame.getByText("φ′ of Relu, MaxPool, LeakyRelu jumps").waitFor();
      assert.equal(await frame.locator(".ms-curve-picture canvas").count(), 5);
      assert.match(await frame.locator(".ms-signal-table tbody tr").last().textContent(), /\d/);
    },
  },
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
