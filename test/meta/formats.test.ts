// docs/formats.md says what the registry declares and what the fixtures show; a table that has drifted says something else.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { FORMATS } from "../../src/formats/registry.ts";
import { ROOT, text } from "./tree.testkit.ts";

test("the table of formats agrees with the registry and the fixtures", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/formats.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

test("every format has its row, and a producer that it was tested with", () => {
  const rows = text("docs/formats.md")
    .split("\n")
    .filter((line) => line.startsWith("| ["));
  expect(rows).toHaveLength(FORMATS.length);
  for (const { manifest } of FORMATS) {
    const row = rows.find((line) => line.includes(`src/formats/${manifest.id}/README.md`));
    expect(row, manifest.id).toBeDefined();
    // A table is written by hand, everywhere: no library is its producer.
    if (manifest.offered !== true) expect(row, manifest.id).toMatch(/\d+ files?.*\| [^|]*\d+\.\d+[^|]* \|$/);
  }
});
