import { hdf5Checkpoint } from "../_shared/hdf5/checkpoint.ts";
import { hasHdf5Signature } from "../_shared/hdf5/superblock.ts";
import { isMatlabHdf5 } from "../_shared/matlabHead.ts";
import type { Checkpoint, Format } from "../types.ts";
import { readMatlab } from "./interpret.ts";

/** MATLAB's `save -v7.3`: an HDF5 file in which axes stand the other way round and cells are references. */
export const matlab73Format: Format = {
  manifest: { id: "matlab73", title: "MATLAB 7.3 (HDF5)", extensions: [".mat"], lazy: "parts" },
  sniff: ({ head }) => isMatlabHdf5(head) && hasHdf5Signature(head),
  open: (source, context): Promise<Checkpoint> =>
    hdf5Checkpoint(source, { format: "matlab73", matlab: true, interpret: readMatlab }, context.signal),
};
