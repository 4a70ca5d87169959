import type { Command } from "../command.ts";
import { activations } from "./activations.ts";
import { analyze } from "./analyze.ts";
import { compare } from "./compare.ts";
import { dynamics } from "./dynamics.ts";
import { hierarchy } from "./hierarchy.ts";
import { inspect } from "./inspect.ts";
import { lint } from "./lint.ts";
import { modes } from "./modes.ts";
import { rdm } from "./rdm.ts";
import { simulate } from "./simulate.ts";

/** Every command, in the order in which `--help` lists them. A new one is a file and a line here. */
export const COMMANDS: readonly Command[] = [
  inspect,
  analyze,
  modes,
  hierarchy,
  dynamics,
  simulate,
  compare,
  rdm,
  activations,
  lint,
];
