/** Builds GGUF files, true or false, field by field. */
export type Field =
  | { readonly u8: number }
  | { readonly u32: number }
  | { readonly u64: bigint | number }
  | { readonly f32: number }
  | { readonly text: string }
  | { readonly bytes: Uint8Array };

export const text = (value: string): Field => ({ text: value });
export const u32 = (value: number): Field => ({ u32: value });
export const u64 = (value: bigint | number): Field => ({ u64: value });

function encode(field: Field): Uint8Array {
  if ("bytes" in field) return field.bytes;
  if ("text" in field) {
    const encoded = new TextEncoder().encode(field.text);
    return join([encode({ u64: encoded.length }), encoded]);
  }
  const out = new Uint8Array("u8" in field ? 1 : "u64" in field ? 8 : 4);
  const view = new DataView(out.buffer);
  if ("u8" in field) view.setUint8(0, field.u8);
  else if ("u32" in field) view.setUint32(0, field.u32, true);
  else if ("f32" in field) view.setFloat32(0, field.f32, true);
  else view.setBigUint64(0, BigInt.asUintN(64, BigInt(field.u64)), true);
  return out;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const fields = (...list: readonly Field[]): Uint8Array<ArrayBuffer> => join(list.map(encode));

export const header = (tensors: bigint | number, keys: bigint | number, version = 3): readonly Field[] => [
  { bytes: new TextEncoder().encode("GGUF") },
  u32(version),
  u64(tensors),
  u64(keys),
];

export interface TestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type?: number;
  readonly offset?: bigint | number;
}

/** A file of tensors without metadata, its data 32-byte aligned and filled with ones. */
export function ggufFile(tensors: readonly TestTensor[], dataBytes: number, metadata: readonly Field[] = [], keys = 0) {
  const head = fields(
    ...header(tensors.length, keys),
    ...metadata,
    ...tensors.flatMap(({ name, shape, type = 0, offset = 0 }) => [
      text(name),
      u32(shape.length),
      ...[...shape].reverse().map(u64),
      u32(type),
      u64(offset),
    ]),
  );
  const start = Math.ceil(head.length / 32) * 32;
  const file = new Uint8Array(start + dataBytes).fill(1, start);
  file.set(head);
  return file;
}
