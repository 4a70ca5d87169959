/** Bytes that `bandToTridiagonal64` takes from the running scope: room for the bulges beside the band. */
export function bandWorkspaceBytes(n: number, bandwidth: number): number {
  return n * 2 * bandwidth * 8;
}

/** What a compiled `qr64` and `applyQ64` have room for beside the matrix. */
export const QR_ROWS = 196_608;
export const QR_COLUMNS = 15_360;
