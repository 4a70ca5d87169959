import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheHome } from "./cacheHome.ts";

test("an absolute path is taken; what is empty or relative counts as none, and never lands in the working folder", () => {
  expect(cacheHome(tmpdir())).toBe(tmpdir());
  for (const value of ["", "cache", "./cache"]) expect(cacheHome(value)).toBe(join(homedir(), ".cache"));
});
