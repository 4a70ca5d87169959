import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "./cli.testkit.ts";

test("the page on the toy world says what the product says", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/toyWorld.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
