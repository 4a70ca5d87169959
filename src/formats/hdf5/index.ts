import { hdf5Checkpoint } from "../_shared/hdf5/checkpoint.ts";
import { readAny } from "../_shared/hdf5/generic.ts";
import { isKeras, readKeras } from "../_shared/hdf5/keras.ts";
import { hasHdf5Signature } from "../_shared/hdf5/superblock.ts";
import { isMatlabHdf5 } from "../_shared/matlabHead.ts";
import type { Checkpoint, Format } from "../types.ts";

/** Keras' weights and models, and the arrays of any other HDF5 file: which of them, the content says. */
export const hdf5Format: Format = {
  manifest: { id: "hdf5", title: "HDF5 (Keras weights, arrays)", extensions: [".h5", ".hdf5", ".nwb"], lazy: "parts" },
  sniff: ({ head }) => hasHdf5Signature(head) && !isMatlabHdf5(head),
  open: (source, context): Promise<Checkpoint> =>
    hdf5Checkpoint(
      source,
      { format: "hdf5", interpret: (content) => (isKeras(content) ? readKeras(content) : readAny(content)) },
      context.signal,
    ),
};
