/** Bytes that `bandToTridiagonal64` takes from the running scope: room for the bulges beside the band. */
export function bandWorkspaceBytes(n: number, bandwidth: number): number {
  return n * 2 * bandwidth * 8;
}
