/** Builds a safetensors file around any header, true or false. */
export function safetensorsFile(
  header: unknown,
  dataBytes: number,
  options: { readonly claimed?: bigint; readonly raw?: string } = {},
): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(options.raw ?? JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, options.claimed ?? BigInt(json.length), true);
  file.set(json, 8);
  for (let at = 8 + json.length; at < file.length; at++) file[at] = at & 63;
  return file;
}
