import { ModeScopeError } from "../base/errors.ts";
import { activationsStudy } from "./activations/index.ts";
import { checkpointLintStudy } from "./checkpoint-lint/index.ts";
import { dynamicsStudy } from "./dynamics/index.ts";
import { expressivityStudy } from "./expressivity/index.ts";
import { isometryStudy } from "./isometry/index.ts";
import { phaseDiagramStudy } from "./phase-diagram/index.ts";
import { semanticModesStudy } from "./semantic-modes/index.ts";
import { similarityStudy } from "./similarity/index.ts";
import { simulatorStudy } from "./simulator/index.ts";
import type { Study } from "./types.ts";
import { weightsCompareStudy } from "./weights-compare/index.ts";

/** Every study. A new one is a folder and a line here. */
export const STUDIES: readonly Study[] = [
  semanticModesStudy,
  dynamicsStudy,
  activationsStudy,
  simulatorStudy,
  similarityStudy,
  weightsCompareStudy,
  phaseDiagramStudy,
  isometryStudy,
  expressivityStudy,
  checkpointLintStudy,
];

export function studyById(id: string): Study {
  const study = STUDIES.find(({ manifest }) => manifest.id === id);
  if (study !== undefined) return study;
  throw new ModeScopeError("bad-request", `There is no study ${id}.`, {
    field: "study",
    remedy: `Known studies: ${STUDIES.map(({ manifest }) => manifest.id).join(", ")}.`,
  });
}
