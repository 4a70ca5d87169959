import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readParameters } from "./_shared/parameters.ts";
import { ANALYSES, analysisById } from "./registry.ts";

const here = new URL("./", import.meta.url);
const ids = ANALYSES.map((analysis) => analysis.manifest.id);

test("ids are unique, and every folder is registered", () => {
  expect(new Set(ids).size).toBe(ids.length);
  const folders = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map((entry) => entry.name);
  expect([...ids].sort()).toEqual(folders.sort());
});

test("an unknown id is a bad request that lists the known ones", () => {
  expect(analysisById("spectrum").manifest.id).toBe("spectrum");
  expect(() => analysisById("nothing")).toThrow(
    expect.objectContaining({
      code: "bad-request",
      details: expect.objectContaining({ remedy: expect.stringContaining("spectrum") }),
    }),
  );
});

test.each(ids)("%s has a README and a test beside its code", (id) => {
  const readme = new URL(`${id}/README.md`, here);
  expect(existsSync(readme)).toBe(true);
  expect(readFileSync(readme, "utf8").split("\n").length).toBeGreaterThanOrEqual(10);
  expect(readdirSync(new URL(`${id}/`, here)).some((name) => name.endsWith(".test.ts"))).toBe(true);
});

test.each(ANALYSES.map((analysis) => analysis.manifest))("$id says its sources, assumptions and needs", (manifest) => {
  expect(manifest.version).toBeGreaterThanOrEqual(1);
  expect(manifest.title).not.toBe("");
  expect(manifest.description).toMatch(/\.$/);
  expect(manifest.needs.length).toBeGreaterThan(0);
  expect(manifest.citations.length).toBeGreaterThan(0);
  expect(manifest.assumptions.length).toBeGreaterThan(0);
});

test.each(ANALYSES.map((analysis) => analysis.manifest))("$id has a complete card for each quantity", (manifest) => {
  const cards = Object.entries(manifest.quantities);
  expect(cards.length).toBeGreaterThan(0);
  for (const [name, card] of cards) {
    for (const field of ["label", "symbol", "definition", "equation", "source", "nullModel"] as const) {
      expect(card[field], `${name}.${field}`).not.toBe("");
    }
  }
});

test.each(ANALYSES.map((analysis) => analysis.manifest))("$id takes its own defaults", (manifest) => {
  const names = Object.keys(manifest.parameters);
  expect(Object.keys(readParameters(manifest.parameters, {}))).toEqual(names);
  for (const name of names) expect(manifest.parameters[name]!.description).not.toBe("");
});
