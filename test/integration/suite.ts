import { SMOKE, WORKBENCH } from "./cases.ts";
import { CHECKPOINT_LINT } from "./checkpointLint.ts";
import { CRASH } from "./crash.ts";
import { runTests } from "./runner.ts";
import { TENSORS } from "./tensors.ts";

/** What VS Code calls inside its extension host, given by `extensionTestsPath`. */
export function run(): Promise<void> {
  return runTests("node", [...SMOKE, ...WORKBENCH, ...TENSORS, ...CHECKPOINT_LINT, ...CRASH]);
}
