// Representations compared: from files selected together in the explorer to cells, items and saved pictures.
import assert from "node:assert/strict";
import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, until } from "../../scripts/_lib/process.mjs";
import { becomes } from "./becomes.mjs";
import { noise, writeSafetensors } from "./checkpoints.mjs";

/** Selects files of the sample together and asks for their comparison by the explorer's own menu. */
async function openComparison(screen, names) {
  const rows = [];
  for (const name of names) rows.push(await screen.explorerRow(`two-seeds/${name}`));
  await rows[0].click();
  for (const row of rows.slice(1)) await row.click({ modifiers: ["Control"] });
  await rows[rows.length - 1].click({ button: "right" });
  await screen.page.locator(".monaco-menu .action-label", { hasText: "ModeScope" }).last().hover();
  await screen.menu("Compare Representations");
  return screen.frame(".ms-panel-similarity .ms-sim-layers canvas");
}

/** Token numbers of twelve items for the fixture's model. */
const INPUTS = ["tokens", [12, 9], noise(108, 3).map((value) => Math.floor(2.5 * (value + 1)))];

const finished = (frame) => frame.locator(".ms-sim-status:empty").waitFor({ state: "attached" });

export const SIMILARITY = [
  {
    name: "two selected files are compared: cells by keys, their card, and the table beside the picture",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz"]);
      await finished(frame);
      assert.match(await frame.locator("h1").textContent(), /CKA, debiased/);
      const canvas = frame.locator(".ms-sim-layers canvas");
      await canvas.focus();
      await canvas.press("Home");
      for (let step = 0; step < 6; step++) await canvas.press("ArrowRight");
      const readout = frame.locator(".ms-sim-layers .ms-readout");
      assert.match(await readout.textContent(), /seed-0: hidden1 and seed-1: hidden1: 0\.9242, 95 % from 0\.90/);
      await canvas.press("Enter");
      assert.match(await frame.locator("dialog.ms-card").textContent(), /HSIC₁/);
      await screen.page.keyboard.press("Escape");
      await frame.locator(".ms-sim-layers summary", { hasText: "Show as table" }).click();
      assert.equal(await frame.locator(".ms-sim-layers .ms-scene .ms-data-table tbody tr").count(), 78);
    },
  },
  {
    name: "items marked in one matrix are marked in all, and another measure is remembered",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz"]);
      await finished(frame);
      const canvas = frame.locator(".ms-sim-rdms canvas").first();
      await canvas.focus();
      await canvas.press("Home");
      await canvas.press("ArrowRight");
      await canvas.press("Enter");
      await becomes(screen.page, 12, () => frame.locator(".ms-sim-items tbody tr").count());
      await frame.locator("[data-choice=measure]").selectOption("angular");
      await frame.locator("h1", { hasText: "Angular" }).waitFor();
      await screen.page.waitForTimeout(1_500);
      await screen.reload();
      const after = await screen.frame(".ms-panel-similarity h1:has-text('Angular')");
      await becomes(screen.page, 12, () => after.locator(".ms-sim-items tbody tr").count());
    },
  },
  {
    name: "a rectangle in the plane of items chooses in strip and matrices, a click in the strip in all of them; the count says it, Clear ends it",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz", "stimuli.npy"]);
      await finished(frame);
      const { page } = screen;
      const selected = () => frame.locator(".ms-strip [aria-selected=true]").count();
      const said = () => frame.locator(".ms-items-count").textContent();
      const plane = frame.locator(".ms-sim-plane canvas");
      await plane.scrollIntoViewIfNeeded();
      const { x, y, width, height } = await plane.boundingBox();
      await page.mouse.move(x + 0.02 * width, y + 0.02 * height);
      await page.mouse.down();
      await page.mouse.move(x + 0.5 * width, y + 0.98 * height, { steps: 5 });
      await page.mouse.up();
      await becomes(page, true, async () => (await selected()) > 5);
      const count = await selected();
      assert.ok(count < 96);
      assert.match(await said(), new RegExp(`^${count} of 96 items chosen`));
      await frame.locator(".ms-strip [role=option]").nth(2).click();
      await frame
        .locator(".ms-strip [role=option]")
        .nth(7)
        .click({ modifiers: ["Control"] });
      await becomes(page, 2, selected);
      await becomes(page, 12, () => frame.locator(".ms-sim-items .ms-data-table tbody tr").count());
      await frame.locator(".ms-strip [role=option]").nth(5).hover();
      await becomes(page, 1, () => frame.locator(".ms-items-shown canvas").count());
      await frame.locator("[data-act=clear]").click();
      await becomes(page, "No item is chosen.", said);
      assert.equal(await selected(), 0);
    },
  },
  {
    name: "the items are put into the order of a representation's mode hierarchy, which stands below and chooses, too",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz"]);
      await finished(frame);
      const first = () => frame.locator(".ms-strip [role=option]").allTextContents();
      const own = await first();
      await frame.locator("[data-choice=representation]").selectOption("seed-0: logits");
      await frame.locator("[data-choice=order]").selectOption("hierarchy");
      await frame.locator(".ms-items-order", { hasText: "Items by the mode hierarchy of seed-0: logits." }).waitFor();
      const ordered = await first();
      assert.notDeepEqual(ordered, own);
      assert.deepEqual([...ordered].sort(), [...own].sort());
      await frame.locator(".ms-items-tree .ms-tree-node[data-node='1']").click();
      await becomes(screen.page, true, async () => (await frame.locator(".ms-strip [aria-selected=true]").count()) > 1);
      await frame.locator("[data-choice=order]").selectOption({ label: "kind: names without their number" });
      await becomes(screen.page, true, async () =>
        (await first()).every((name, at, all) => at === 0 || all[at - 1][0] <= name[0]),
      );
    },
  },
  {
    name: "pictures are saved as CSV, SVG and PNG: the files are written, and the picture has the size that it has on screen, twice",
    async run(screen) {
      const frame = await openComparison(screen, ["seed-0.npz", "seed-1.npz"]);
      await finished(frame);
      for (const [section, name] of [
        ["layers", "layers-debiased-cka"],
        ["rdms", "dissimilarities"],
        ["plane", "items-map"],
        ["map", "map-debiased-cka"],
      ]) {
        const size = await frame
          .locator(`.ms-sim-${section} canvas.ms-scene-canvas`)
          .evaluate(({ clientWidth, clientHeight }) => [2 * clientWidth, 2 * clientHeight]);
        const png = await saved(screen, frame, section, name, "PNG");
        assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], size);
        assert.equal(await colours(frame, png), true, `${section} is one colour`);
      }
      const svg = (await saved(screen, frame, "rdms", "dissimilarities", "SVG")).toString();
      assert.match(svg, /^<svg xmlns[\s\S]*data:image\/png;base64,[\s\S]*<\/svg>\n$/);
      const csv = (await saved(screen, frame, "layers", "layers-debiased-cka", "CSV")).toString();
      assert.equal(csv.trim().split("\r\n").length, 79);
    },
  },
  {
    name: "by keyboard alone: from the palette to cells, items, order and Escape",
    async run(screen) {
      await screen.open("two-seeds/seed-0.npz");
      await screen.frame(".ms-panel-overview [data-row]");
      await screen.command("ModeScope: Compare Representations");
      const frame = await screen.frame(".ms-panel-similarity .ms-sim-layers canvas");
      await finished(frame);
      const { page } = screen;
      await screen.command("View: Focus Active Editor Group");
      await tabTo(page, frame, ".ms-sim-layers canvas");
      for (const key of ["Home", "ArrowRight", "Enter"]) await page.keyboard.press(key);
      await frame.locator("dialog.ms-card", { hasText: "HSIC₁" }).waitFor();
      await page.keyboard.press("Escape");
      await tabTo(page, frame, "[data-choice=order]");
      await page.keyboard.press("ArrowDown");
      await frame.locator(".ms-items-order", { hasText: "Items by the mode hierarchy of hidden1." }).waitFor();
      await tabTo(page, frame, ".ms-sim-rdms canvas");
      for (const key of ["Home", "ArrowRight", "Space"]) await page.keyboard.press(key);
      const selected = () => frame.locator(".ms-strip [aria-selected=true]").count();
      await becomes(page, 2, selected);
      await tabTo(page, frame, ".ms-strip");
      await page.keyboard.press("End");
      await page.keyboard.press("Space");
      await becomes(page, 3, selected);
      await page.keyboard.press("Control+a");
      await becomes(page, 96, selected);
      await page.keyboard.press("Escape");
      await becomes(page, 0, selected);
    },
  },
  {
    name: "a folder of activation files is a run: every layer against its end, in order of training",
    async run(screen) {
      const row = await screen.explorerRow("two-seeds/training");
      await row.click({ button: "right" });
      await screen.submenu("ModeScope", "Compare Representations");
      const frame = await screen.frame(".ms-panel-similarity .ms-sim-training canvas");
      await finished(frame);
      assert.equal(await frame.locator(".ms-sim-chip").count(), 5);
      const canvas = frame.locator(".ms-sim-training canvas");
      assert.match(await canvas.getAttribute("aria-label"), /6 series over 5 places/);
      await canvas.focus();
      await canvas.press("Home");
      assert.match(
        await frame.locator(".ms-sim-training .ms-readout").textContent(),
        /^hidden1, epoch-000\.npz: 0\.\d/,
      );
    },
  },
  {
    name: "a model is run on stimuli from its menu, its layers are saved and compared",
    async run(screen) {
      const { page } = screen;
      await copyFile(join(ROOT, "test/fixtures/onnx/exported.onnx"), screen.path("two-seeds/net.onnx"));
      await writeSafetensors(screen.path("two-seeds/inputs.safetensors"), [INPUTS]);
      try {
        await (await screen.explorerRow("two-seeds/net.onnx")).click({ button: "right" });
        await screen.submenu("ModeScope", "Run Model on Stimuli");
        const picks = page.locator(".quick-input-list .monaco-list-row");
        await page.locator(".quick-input-widget input[type=text]").fill("inputs");
        await picks.filter({ hasText: "inputs.safetensors" }).first().click();
        await picks.filter({ hasText: "All Values of the Graph" }).click();
        await acceptSave(page, "net.activations.safetensors");
        await notice(screen, /layers of 12 items were saved/, "Compare Representations");
        const frame = await screen.frame(".ms-panel-similarity .ms-sim-layers canvas");
        await finished(frame);
        assert.match(await frame.locator("header .ms-quiet").first().textContent(), /layers over 12 items/);
      } finally {
        for (const name of ["net.onnx", "inputs.safetensors", "net.activations.safetensors"])
          await rm(screen.path(`two-seeds/${name}`), { force: true });
      }
    },
  },
  {
    name: "a capture script is written, and the file that it saves is picked up",
    async run(screen) {
      const { page } = screen;
      await screen.command("ModeScope: Write Activation Capture Script");
      const picks = page.locator(".quick-input-list .monaco-list-row");
      await picks.filter({ hasText: "PyTorch" }).click();
      await page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
      await page.locator(".view-line", { hasText: "EDIT" }).first().waitFor();
      const text = (await page.locator(".view-line").allTextContents()).join("\n");
      assert.match(text.replaceAll("\u00a0", " "), /It writes activations\.npz/);
      // As if the person had run it.
      await copyFile(screen.path("two-seeds/seed-0.npz"), screen.path("activations.npz"));
      try {
        await notice(screen, /activations\.npz was written/, "Compare Representations");
        const frame = await screen.frame(".ms-panel-similarity .ms-sim-layers canvas");
        await finished(frame);
        assert.match(await frame.locator(".ms-sim-name").first().textContent(), /activations\.npz/);
      } finally {
        await rm(screen.path("activations.npz"), { force: true });
        await screen.command("View: Revert and Close Editor").catch(() => undefined);
      }
    },
  },
];

/** Says yes to the editor's own question where to save. */
async function acceptSave(page, name) {
  const input = page.locator(".quick-input-widget input[type=text]");
  await becomes(page, true, async () => (await input.inputValue().catch(() => "")).endsWith(name));
  await page.keyboard.press("Enter");
}

/** What a click on a picture's button writes. */
async function saved(screen, frame, section, name, kind) {
  const file = `${name}.${kind.toLowerCase()}`;
  const path = screen.path(`two-seeds/${file}`);
  await frame.locator(`.ms-sim-${section} .ms-export-bar button`, { hasText: kind }).click();
  await acceptSave(screen.page, file);
  const bytes = await until(`${file} to be written`, () => readFile(path).catch(() => undefined));
  await rm(path);
  return bytes;
}

/** Whether a picture has more than its background. */
async function colours(frame, png) {
  return frame.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const words = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    return new Set(words).size > 8;
  }, png.toString("base64"));
}

/** Presses a notification's button. Driven by a test the editor shows none by itself: its list of them is opened. */
async function notice(screen, words, button) {
  const { page } = screen;
  const item = page.locator(".notifications-center .notification-list-item", { hasText: words });
  await until("the notification", async () => {
    await screen.command("Notifications: Show Notifications");
    return (await item.count()) > 0 || undefined;
  });
  await item.locator(".monaco-button", { hasText: button }).click();
}

/** Tab until the focus is there. */
async function tabTo(page, frame, selector) {
  for (let step = 0; step < 80; step++) {
    if (await frame.evaluate((one) => document.activeElement?.matches(one) === true, selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`No way to ${selector} by Tab.`);
}
