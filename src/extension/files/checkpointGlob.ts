import { FORMATS } from "../../formats/registry.ts";

const EXTENSIONS = [
  ...new Set(
    FORMATS.filter(({ manifest }) => manifest.offered !== true).flatMap(({ manifest }) => manifest.extensions),
  ),
];

/** Files that look like checkpoints by name. What they are is decided by their content when they are opened. */
export const CHECKPOINT_GLOB = `**/*{${EXTENSIONS.join(",")}}`;

/** Folders of installed packages and repositories: nothing in them is of this workspace's making. */
export const NO_CODE_GLOB = "**/{node_modules,site-packages,.git,.venv,venv}/**";

export function looksLikeCheckpoint(path: string): boolean {
  return EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension));
}
