// The overview by keyboard and mouse.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { becomes } from "./becomes.mjs";
import { noise, writeSafetensors } from "./checkpoints.mjs";

const DONE = ".ms-panel-overview:has(.codicon-check)";
const CHECKPOINT = "transformer/checkpoints/step-0400.pt";

async function overview(screen, path = CHECKPOINT) {
  await screen.open(path);
  return screen.frame(DONE);
}

const active = (frame) =>
  frame.evaluate(() => {
    const id = document.querySelector(".ms-table").getAttribute("aria-activedescendant");
    return document.getElementById(id)?.parentElement.querySelector(".ms-name, .ms-header-title")?.textContent;
  });
const selected = (frame) =>
  frame.evaluate(() => [...document.querySelectorAll("[aria-selected=true] .ms-name")].map((name) => name.textContent));

export const OVERVIEW = [
  {
    name: "a tree grid that says its size, its levels and its order to a screen reader",
    async run(screen) {
      const frame = await overview(screen);
      const facts = await frame.evaluate(() => {
        const table = document.querySelector("[role=treegrid]");
        const group = table.querySelector("[role=row][aria-expanded=true]");
        return {
          rows: Number(table.getAttribute("aria-rowcount")),
          columns: Number(table.getAttribute("aria-colcount")),
          cells: group.querySelectorAll("[role=rowheader], [role=gridcell]").length,
          headers: table.querySelectorAll("[role=columnheader][aria-sort=none]").length,
          level: group.getAttribute("aria-level"),
        };
      });
      assert.ok(facts.rows > 20);
      assert.equal(facts.cells, facts.columns);
      assert.equal(facts.headers, facts.columns);
      assert.equal(facts.level, "1");
    },
  },
  {
    name: "arrows, letters, ranges, copying: all without a mouse",
    async run(screen) {
      const frame = await overview(screen);
      const { page } = screen;
      await frame.locator(".ms-table").focus();
      await page.keyboard.press("Control+Home");
      assert.equal(await active(frame), "token_embedding.weight");
      await page.keyboard.press("p");
      assert.equal(await active(frame), "position_embedding.weight");
      await page.keyboard.press("Shift+ArrowUp");
      assert.deepEqual(await selected(frame), ["token_embedding.weight", "position_embedding.weight"]);
      await page.keyboard.press("Control+c");
      await becomes(page, ["name", "token_embedding.weight", "position_embedding.weight", ""], async () =>
        (await screen.clipboard()).split("\n").map((line) => line.split("\t")[0]),
      );
      await page.keyboard.press("Control+a");
      assert.ok((await selected(frame)).length > 15);
      await page.keyboard.press("Escape");
      assert.equal((await selected(frame)).length, 1);
    },
  },
  {
    name: "a header sorts by keyboard, a group closes and opens, Enter opens a tensor",
    async run(screen) {
      const frame = await overview(screen);
      const { page } = screen;
      await frame.locator(".ms-table").focus();
      await page.keyboard.press("Control+Home");
      for (const key of ["ArrowUp", "End", "Enter"]) await page.keyboard.press(key);
      const sorted = () => frame.locator("[role=columnheader]").last().getAttribute("aria-sort");
      await becomes(page, "descending", sorted);
      await page.keyboard.press("Enter");
      await becomes(page, "ascending", sorted);
      await page.keyboard.press("Enter");
      await becomes(page, "none", sorted);
      await page.keyboard.press("Control+Home");
      await page.keyboard.press("b");
      const group = () => frame.locator("[role=row]", { hasText: "blocks.0" }).first().getAttribute("aria-expanded");
      assert.equal(await group(), "true");
      await page.keyboard.press("ArrowLeft");
      await becomes(page, "false", group);
      await page.keyboard.press("ArrowRight");
      await becomes(page, "true", group);
      await page.keyboard.press("Control+Home");
      await page.keyboard.press("Enter");
      await screen.frame(".ms-panel-tensor h1:has-text('token_embedding.weight')");
    },
  },
  {
    name: "sort, filter, order, selection and place survive a reload of the window",
    async run(screen) {
      const before = await overview(screen, "criticality/critical/checkpoints/step-0600.safetensors");
      await before.locator(".ms-filter").evaluate((field) => {
        field.value = "-bias";
        field.dispatchEvent(new Event("input"));
      });
      await before.locator("[aria-label='Show as flat list']").click();
      await before.locator(".ms-column-std .ms-header-title").click();
      await before.locator(".ms-table").evaluate((table) => {
        table.scrollTop = 220;
      });
      await screen.page.waitForTimeout(500);
      await before
        .locator(".ms-row:not(.ms-table-header) .ms-cell-name", { hasText: "hidden" })
        .nth(15)
        .click({ position: { x: 4, y: 8 } });
      const chosen = await selected(before);
      assert.equal(chosen.length, 1);
      const top = await before.locator(".ms-table").evaluate((table) => table.scrollTop);
      // State is written a moment after the last change, and by the editor a moment after that.
      await screen.page.waitForTimeout(2_000);
      await screen.reload();
      const after = await screen.frame(DONE);
      await becomes(screen.page, chosen, () => selected(after));
      assert.deepEqual(
        await after.evaluate(() => ({
          sort: document.querySelector(".ms-table-header .ms-column-std").getAttribute("aria-sort"),
          filter: document.querySelector(".ms-filter").value,
          top: document.querySelector(".ms-table").scrollTop,
          flat: document.querySelector("[aria-label='Show as tree']") !== null,
        })),
        { sort: "descending", filter: "-bias", top, flat: true },
      );
    },
  },
  {
    name: "a theme is followed live, without loading anything anew",
    async run(screen) {
      const frame = await overview(screen);
      await frame.evaluate(() => {
        window.marked = true;
      });
      try {
        for (const [name, kind] of [
          ["Default Light Modern", "vscode-light"],
          ["Default High Contrast", "vscode-high-contrast"],
        ]) {
          await screen.server.writeSettings({ "workbench.colorTheme": name });
          await frame.waitForSelector(`body.${kind}`);
        }
        assert.equal(await frame.evaluate(() => window.marked), true);
      } finally {
        await screen.server.writeSettings({});
      }
    },
  },
  {
    name: "nothing moves while a checkpoint loads and is analysed",
    async run(screen) {
      await writeSafetensors(
        screen.path("steady.safetensors"),
        Array.from({ length: 60 }, (_, index) => [`layer.${index}.weight`, [64, 64], noise(4096, index + 1)]),
      );
      await screen.open("steady.safetensors");
      const frame = await screen.frame(".ms-panel-overview .ms-table");
      const place = () =>
        frame.evaluate(() =>
          [".ms-table", ".ms-toolbar", ".ms-totals"].map(
            (one) => document.querySelector(one).getBoundingClientRect().top,
          ),
        );
      const first = await place();
      await frame.waitForSelector(DONE);
      assert.deepEqual(await place(), first);
    },
  },
  {
    name: "hundreds of spectra finish at once, and each has its sparkline",
    async run(screen) {
      // The same few matrices under many names: all but the first are known by content, and come in one message.
      const matrices = [1, 2, 3].map((seed) => noise(64, seed));
      await writeSafetensors(
        screen.path("many.safetensors"),
        Array.from({ length: 900 }, (_, index) => [`m${index}.weight`, [8, 8], matrices[index % 3]]),
      );
      const frame = await overview(screen, "many.safetensors");
      for (const top of [0, 6_000, 1e6]) {
        await frame.locator(".ms-table").evaluate((table, to) => {
          table.scrollTop = to;
        }, top);
        await screen.page.waitForTimeout(200);
        const paths = await frame.evaluate(() =>
          [...document.querySelectorAll(".ms-sparkline path")].map((path) => path.getAttribute("d").length),
        );
        assert.ok(paths.length > 10);
        assert.ok(Math.min(...paths) > 10, `an empty sparkline at ${top}`);
      }
    },
  },
  {
    name: "a file that changes on disk is offered again; one that is deleted is said to be",
    async run(screen) {
      const path = screen.path("changing.safetensors");
      await writeSafetensors(path, [["old.weight", [4, 4], noise(16)]]);
      const frame = await overview(screen, "changing.safetensors");
      await writeSafetensors(path, [["new.weight", [4, 4], noise(16, 2)]]);
      await frame.locator(".ms-banner", { hasText: "changed on disk" }).locator("vscode-button").click();
      await frame.waitForSelector("[data-row]:has-text('new.weight')");
      assert.equal(await frame.locator(".ms-banner").count(), 0);
      await rm(path);
      await frame.locator(".ms-banner", { hasText: "deleted on disk" }).waitFor();
    },
  },
  {
    name: "Cancel stops, says where, and Resume finishes the rest",
    async run(screen) {
      // Enough for a hand to come in between, and values that no cache has seen.
      const seed = Date.now() % 1_000_000;
      await writeSafetensors(
        screen.path("long.safetensors"),
        Array.from({ length: 30 }, (_, index) => [`layer.${index}.weight`, [1024, 1024], noise(2 ** 20, seed + index)]),
      );
      await screen.open("long.safetensors");
      const frame = await screen.frame(".ms-progress-text:has-text('Spectra')");
      await frame.locator("vscode-button", { hasText: "Cancel" }).click();
      await frame.waitForSelector(".ms-progress-text:has-text('Stopped at spectra')");
      await frame.locator("vscode-button", { hasText: "Resume" }).click();
      await frame.waitForSelector(DONE, { timeout: 120_000 });
      assert.ok((await frame.locator(".ms-sparkline").count()) > 15);
    },
  },
];
