/** Builds protobuf messages, true or false. */
export type Part = readonly [field: number, value: number | bigint | string | Uint8Array | readonly Part[]];

const text = new TextEncoder();

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return bytes;
}

/** A message of its fields: numbers become varints, all else is length-delimited. */
export function message(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const [field, value] of parts) {
    if (typeof value === "number" || typeof value === "bigint") {
      bytes.push(...varint(BigInt(field * 8)), ...varint(BigInt(value)));
      continue;
    }
    const body = typeof value === "string" ? text.encode(value) : value instanceof Uint8Array ? value : message(value);
    bytes.push(...varint(BigInt(field * 8 + 2)), ...varint(BigInt(body.length)));
    for (const byte of body) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
