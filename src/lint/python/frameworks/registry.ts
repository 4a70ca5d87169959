import { flaxPlugin } from "./flax/index.ts";
import { kerasPlugin } from "./keras/index.ts";
import { torchPlugin } from "./torch/index.ts";
import type { FrameworkPlugin } from "./types.ts";

/** Every framework that the interpreter knows; the first that answers is believed. */
export const FRAMEWORKS: readonly FrameworkPlugin[] = [torchPlugin, kerasPlugin, flaxPlugin];
