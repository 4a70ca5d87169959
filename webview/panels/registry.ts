import type { Panel } from "../shell/types.ts";
import { overviewPanel } from "./overview/index.ts";
import { semanticModesPanel } from "./semantic-modes/index.ts";
import { similarityPanel } from "./similarity/index.ts";
import { simulatorPanel } from "./simulator/index.ts";
import { tensorPanel } from "./tensor/index.ts";

export const PANELS: readonly Panel[] = [
  overviewPanel,
  semanticModesPanel,
  similarityPanel,
  simulatorPanel,
  tensorPanel,
];
