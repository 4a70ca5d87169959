// The screens, by mouse and keyboard, in the embedded VS Code with Chromium: what a test inside the extension host cannot see or touch.
import { HIERARCHY } from "./hierarchy.mjs";
import { MODES } from "./modes.mjs";
import { NATIVE } from "./native.mjs";
import { OPENING } from "./opening.mjs";
import { OVERVIEW } from "./overview.mjs";
import { READINGS } from "./readings.mjs";
import { SIMULATOR } from "./simulator.mjs";
import { TENSOR } from "./tensor.mjs";

export const SCREEN_TESTS = [
  ...OPENING,
  ...OVERVIEW,
  ...TENSOR,
  ...READINGS,
  ...HIERARCHY,
  ...MODES,
  ...SIMULATOR,
  ...NATIVE,
];
