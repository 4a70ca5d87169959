/** MATLAB's files begin with 116 characters of description, MATLAB 5.0 and 7.3 alike. */
function description(head: Uint8Array): string {
  return new TextDecoder("latin1").decode(head.subarray(0, 116));
}

/** Version 7.3: an HDF5 file behind a user block with MATLAB's description. */
export const isMatlabHdf5 = (head: Uint8Array) => description(head).startsWith("MATLAB 7.3 MAT-file");
