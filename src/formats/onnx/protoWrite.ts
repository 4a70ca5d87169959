/** Wire types of protocol buffers that are written here. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A length-delimited field: a message, a text or bytes. */
export function field(number: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return joined([varint(number * 8 + LENGTH_DELIMITED), varint(length), ...parts]);
}

const ENCODER = new TextEncoder();
export const textField = (number: number, text: string) => field(number, [ENCODER.encode(text)]);

/** A number in float32. */
export function floatField(number: number, value: number): Uint8Array {
  return joined([varint(number * 8 + FIXED32), new Uint8Array(Float32Array.of(value).buffer)]);
}

/** A whole number; a negative one takes ten bytes, in two's complement. */
export function numberField(number: number, value: number): Uint8Array {
  return joined([varint(number * 8 + VARINT), value < 0 ? signedVarint(value) : varint(value)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function signedVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
