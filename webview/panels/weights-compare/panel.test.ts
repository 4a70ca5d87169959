// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { runStudyOn } from "../../../src/studies/_shared/runStudy.testkit.ts";
import { weightsCompareStudy } from "../../../src/studies/weights-compare/index.ts";
import { type PlayedPanel, playPanel, press, until } from "../../shell/panel.testkit.ts";
import { weightsComparePanel } from "./index.ts";

const file = (name: string) => ({ uri: `file:///samples/two-seeds/${name}`, name });
const SEEDS = ["seed-0.weights.safetensors", "seed-1.weights.safetensors"];
let played: PlayedPanel | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => {
  played?.dispose();
  played = null;
});

/** The panel over the real study: only the editor between them is played. */
function fixture(names: readonly string[]) {
  played = playPanel(weightsComparePanel, {
    context: { uri: file(names[0]!).uri, files: names.map(file) },
    studies: [weightsCompareStudy.manifest],
    answer: ({ files }) =>
      runStudyOn(
        weightsCompareStudy,
        files.map(({ role, uri }) => ({ role, path: uri.slice("file:///".length) })),
      ).then(({ result }) => result),
    host: { "files/choose": () => ({ files: [file(SEEDS[1]!)] }) },
  });
  return played;
}

test("two seeds: every weight, the spectra of a chosen one, and matched units beside chance", async () => {
  const { element, failures } = fixture(SEEDS);
  await until(() => element.textContent?.includes("shuffled weights reach 0.28") === true);
  expect(failures).toEqual([]);
  expect(element.querySelector("h1")?.textContent).toBe(`${SEEDS[0]} → ${SEEDS[1]}`);
  const rows = element.querySelectorAll("section:first-of-type tbody tr");
  expect(rows).toHaveLength(6);
  const [change, spectra] = element.querySelectorAll("canvas");
  expect(spectra!.getAttribute("aria-label")).toContain("0.weight: leading singular values");
  press(change!, "Home", "ArrowRight", "Enter");
  expect(spectra!.getAttribute("aria-label")).toContain("2.weight: leading singular values");
  expect(element.querySelector("tr.ms-selected th")?.textContent?.trim()).toBe("2.weight");
  element.querySelector<HTMLElement>("[data-field=matching]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Ainsworth");
});

test("of one checkpoint alone the other is asked for, and remembered", async () => {
  const { element, state } = fixture(SEEDS.slice(0, 1));
  element.querySelector<HTMLElement>(".ms-weights-status button")!.click();
  await until(() => element.querySelectorAll("tbody tr").length > 0);
  expect(state()).toEqual({ second: file(SEEDS[1]!) });
});

test("when the second file changes on disk that is said, and read again when the person asks", async () => {
  const { element, changed, asked } = fixture(SEEDS);
  await until(() => element.querySelectorAll("tbody tr").length > 0);
  const banner = () => element.querySelector(".ms-file-banner")?.textContent ?? "";
  changed("file:///samples/two-seeds/seed-7.safetensors");
  changed(file(SEEDS[1]!).uri);
  await until(() => banner() !== "");
  expect(banner()).toContain(`${SEEDS[1]} changed on disk`);
  expect(asked).toHaveLength(1);
  element.querySelector<HTMLElement>(".ms-file-banner vscode-button")!.click();
  await until(() => asked.length === 2);
  expect(banner()).toBe("");
});
