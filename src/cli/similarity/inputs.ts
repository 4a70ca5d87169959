import type { CliOptions } from "../options.ts";

/** `--tensors` chooses layers; without it all that fit are taken. */
export function patternsOf({ tensors }: Pick<CliOptions, "tensors">): readonly string[] {
  return tensors === "*" ? [] : [tensors];
}
