// Phase diagram, isometry and expressivity: from an open checkpoint by the palette, and by keys.
import assert from "node:assert/strict";

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
];
