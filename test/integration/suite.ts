import { SMOKE, WORKBENCH } from "./cases.ts";
import { runTests } from "./runner.ts";
import { TENSORS } from "./tensors.ts";

/** What VS Code calls inside its extension host, given by `extensionTestsPath`. */
export function run(): Promise<void> {
  return runTests("node", [...SMOKE, ...WORKBENCH, ...TENSORS]);
}
