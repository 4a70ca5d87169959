// docs/lint-history.md is made of the sources in test/fixtures/lint.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "./tree.testkit.ts";

test("the page of known bugs lists those that the tests find, and those that nobody finds", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/history.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
