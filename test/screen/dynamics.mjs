// Learning dynamics: from a right-click on a run to its curves, corrected by hand, followed while it is being written.
import assert from "node:assert/strict";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { becomes } from "./becomes.mjs";

const RUN = "toy-world/four-items/checkpoints";

async function openDynamics(screen, path) {
  const row = await screen.explorerRow(path);
  await row.click({ button: "right" });
  await screen.page.locator(".monaco-menu .action-label", { hasText: /^ModeScope$/ }).hover();
  await screen.menu("Show Learning Dynamics");
  return screen.frame(".ms-panel-dynamics [data-section=laws]:not([hidden]) canvas");
}

const modesText = (frame) => frame.locator("[data-section=modes]").textContent();

export const DYNAMICS = [
  {
    name: "a folder's run: modes, times foreseen once the rate is given, the clock by keys, kept over a reload",
    async run(screen) {
      const { page } = screen;
      const frame = await openDynamics(screen, RUN);
      assert.match(await modesText(frame), /the learning rate is not known/);
      await frame.locator("[data-word=rate]").fill("0.01");
      await frame.locator("[data-word=rate]").press("Enter");
      await frame.locator("[data-section=modes] [data-field=predictedHalfTime]", { hasText: "240.79" }).waitFor();
      const slider = frame.locator("input[type=range]");
      await slider.focus();
      await slider.press("Home");
      await becomes(page, "step 0 of 1250", () => frame.locator(".ms-time-label").textContent());
      await slider.press("ArrowRight");
      await becomes(page, "step 50 of 1250", () => frame.locator(".ms-time-label").textContent());
      await frame.locator("[data-section=induction] [data-control=taught]").selectOption({ label: "Oak" });
      await page.waitForTimeout(1_200);
      await screen.reload();
      const after = await screen.frame(".ms-panel-dynamics [data-section=laws]:not([hidden]) canvas");
      assert.equal(await after.locator("[data-word=rate]").inputValue(), "0.01");
      await becomes(page, "step 50 of 1250", () => after.locator(".ms-time-label").textContent());
      assert.match(await after.locator("[data-section=induction]").textContent(), /Oak/);
    },
  },
  {
    name: "a checkpoint that comes while the panel is open joins the run",
    async run(screen) {
      const from = screen.path(RUN);
      await mkdir(screen.path("live"), { recursive: true });
      for (const step of ["0000", "0300", "0600"])
        await copyFile(join(from, `step-${step}.safetensors`), screen.path(`live/step-${step}.safetensors`));
      const frame = await openDynamics(screen, "live");
      const heading = () => frame.locator(".ms-dynamics-header").textContent();
      assert.match(await heading(), /3 checkpoints, 0 to 600/);
      await copyFile(join(from, "step-0900.safetensors"), screen.path("live/step-0900.safetensors"));
      await becomes(screen.page, true, async () => /4 checkpoints, 0 to 900/.test(await heading()));
    },
  },
];
