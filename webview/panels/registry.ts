import type { Panel } from "../shell/types.ts";
export const PANELS: readonly Panel[] = [
  dynamicsPanel,
  phaseDiagramPanel,
  isometryPanel,
  expressivityPanel,
];

import { overviewPanel } from "./overview/index.ts";
import { phaseDiagramPanel } from "./phase-diagram/index.ts";
import { semanticModesPanel } from "./semantic-modes/index.ts";
import { simulatorPanel } from "./simulator/index.ts";
import { tensorPanel } from "./tensor/index.ts";

<<<<<<< HEAD
export const PANELS: readonly Panel[] = [
  overviewPanel,
  semanticModesPanel,
  simulatorPanel,
  phaseDiagramPanel,
  isometryPanel,
  expressivityPanel,
  tensorPanel,
];
=======
export const PANELS: readonly Panel[] = [overviewPanel, dynamicsPanel, semanticModesPanel, simulatorPanel, tensorPanel];
>>>>>>> main
