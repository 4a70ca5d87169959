import { expect, test } from "vitest";
import { COMMANDS } from "./registry.ts";

test("an option that several commands know takes a value in all of them or in none: where the command stands among the arguments is told before whose option it is", () => {
  const types = new Map<string, string>();
  for (const { name, flags } of COMMANDS)
    for (const [flag, { type }] of Object.entries(flags)) {
      expect(types.get(flag) ?? type, `--${flag} of ${name}`).toBe(type);
      types.set(flag, type);
    }
});
