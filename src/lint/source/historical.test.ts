import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../types.ts";
import { SourceLint } from "./sourceLint.ts";

/** Bugs of initialization that people have made and written about, each as the smallest source that makes it again. */
const FOLDER = new URL("../../../test/fixtures/lint/historical/", import.meta.url);

test.each(readdirSync(FOLDER))("%s: what is marked is found, and nothing else", (file) => {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const expected = text.split("\n").flatMap((line, index) =>
    (/# expect: ([\w, ]+)$/.exec(line)?.[1] ?? "")
      .split(",")
      .filter((rule) => rule !== "")
      .map((rule) => `${index + 1} ${rule.trim()}`),
  );
  const { findings, notes } = new SourceLint().lint(text, DEFAULT_SETTINGS);
  expect(findings.map(({ rule, from }) => `${text.slice(0, from).split("\n").length} ${rule}`)).toEqual(expected);
  expect(expected.length).toBeGreaterThan(0);
  expect(notes).toEqual([]);
});
