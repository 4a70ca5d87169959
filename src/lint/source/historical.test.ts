import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../types.ts";
import { SourceLint } from "./sourceLint.ts";

/**
 * Bugs of initialization that people have made and reported, each as the smallest source of our own that makes it again; the same sources mended; and bugs
 * that no rule finds. docs/lint-history.md is made of them (scripts/history.mjs).
 */
const FOLDER = new URL("../../../test/fixtures/lint/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FOLDER), "utf8");
const sources = (folder: string) => readdirSync(new URL(folder, FOLDER)).map((file) => `${folder}/${file}`);
const lintOf = (text: string) => new SourceLint().lint(text, DEFAULT_SETTINGS);
const REPORTED = /^# reported: [\w.-]+\/[\w.-]+#\d+ \((?:issue|pull)\)$/gm;

test.each(sources("historical"))("%s: what is marked is found, and nothing else", (file) => {
  const text = read(file);
  const expected = text.split("\n").flatMap((line, index) =>
    (/# expect: ([\w, ]+)$/.exec(line)?.[1] ?? "")
      .split(",")
      .filter((rule) => rule !== "")
      .map((rule) => `${index + 1} ${rule.trim()}`),
  );
  const { findings, notes } = lintOf(text);
  expect(findings.map(({ rule, from }) => `${text.slice(0, from).split("\n").length} ${rule}`)).toEqual(expected);
  expect(expected.length).toBeGreaterThan(0);
  expect(notes).toEqual([]);
});

test.each(sources("fixed"))("%s: the mended source has no finding", (file) => {
  const { findings, notes } = lintOf(read(file));
  expect(findings.map(({ rule, message }) => `${rule} ${message}`)).toEqual([]);
  expect(notes).toEqual([]);
});

test.each(sources("unfound"))("%s: what nobody finds yet is listed as such", (file) => {
  const text = read(file);
  expect(lintOf(text).findings).toEqual([]);
  expect(text).toMatch(/^# unfound: .+$/m);
  expect(text.match(REPORTED)?.length).toBeGreaterThan(0);
});

test("every bug has its mended twin, and most of them a public thread", () => {
  const names = (folder: string) => sources(folder).map((file) => file.replace(/^.*\//, ""));
  expect(names("fixed")).toEqual(names("historical"));
  const reported = sources("historical").filter((file) => (read(file).match(REPORTED)?.length ?? 0) > 0);
  expect(reported.length).toBeGreaterThanOrEqual(25);
});
