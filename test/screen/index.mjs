// The screens, by mouse and keyboard, in the embedded VS Code with Chromium: what a test inside the extension host cannot see or touch.

import { BAD_INPUT } from "./badInput.mjs";
import { CHECKPOINT_LINT } from "./checkpointLint.mjs";
import { CODE } from "./code.mjs";
import { DYNAMICS } from "./dynamics.mjs";
import { HIERARCHY } from "./hierarchy.mjs";
import { LINT } from "./lint.mjs";
import { MODES } from "./modes.mjs";
import { NATIVE } from "./native.mjs";
import { OPENING } from "./opening.mjs";
import { OVERVIEW } from "./overview.mjs";
import { READINGS } from "./readings.mjs";
import { SIGNAL } from "./signal.mjs";
import { SIMILARITY } from "./similarity.mjs";
import { SIMULATOR } from "./simulator.mjs";
import { TENSOR } from "./tensor.mjs";

export const SCREEN_TESTS = [
  ...OPENING,
  ...OVERVIEW,
  ...TENSOR,
  ...READINGS,
  ...HIERARCHY,
  ...SIMULATOR,
  ...SIGNAL,
  ...MODES,
  ...DYNAMICS,
  ...LINT,
  ...CHECKPOINT_LINT,
  ...CODE,
  ...SIMILARITY,
  ...BAD_INPUT,
  ...NATIVE,
];
