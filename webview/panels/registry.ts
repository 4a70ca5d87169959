import type { Panel } from "../shell/types.ts";
import { dynamicsPanel } from "./dynamics/index.ts";
import { expressivityPanel } from "./expressivity/index.ts";
import { isometryPanel } from "./isometry/index.ts";
import { overviewPanel } from "./overview/index.ts";
import { phaseDiagramPanel } from "./phase-diagram/index.ts";
import { semanticModesPanel } from "./semantic-modes/index.ts";
import { similarityPanel } from "./similarity/index.ts";
import { simulatorPanel } from "./simulator/index.ts";
import { tensorPanel } from "./tensor/index.ts";
import { weightsComparePanel } from "./weights-compare/index.ts";

export const PANELS: readonly Panel[] = [
  overviewPanel,
  dynamicsPanel,
  semanticModesPanel,
  similarityPanel,
  simulatorPanel,
  phaseDiagramPanel,
  isometryPanel,
  expressivityPanel,
  tensorPanel,
  weightsComparePanel,
];
