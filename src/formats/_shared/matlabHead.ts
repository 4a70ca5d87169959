/** MATLAB's files begin with 116 characters of description; the version and the mark "IM" or "MI", by byte order, end the first 128 bytes. */
function versionOf(head: Uint8Array): number {
  if (head.length < 128) return 0;
  const order = String.fromCharCode(head[126] ?? 0, head[127] ?? 0);
  return order === "IM" ? (head[125] ?? 0) : order === "MI" ? (head[124] ?? 0) : 0;
}

/** Version 5 to 7: MATLAB's own elements. */
export const isMatlab5 = (head: Uint8Array) => versionOf(head) === 1;

/** Version 7.3: an HDF5 file behind a user block. */
export const isMatlabHdf5 = (head: Uint8Array) => versionOf(head) === 2;
