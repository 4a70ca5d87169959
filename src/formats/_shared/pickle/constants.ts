import type { PickleCursor } from "./cursor.ts";
import { OP } from "./opcodes.ts";
import { PickleFloat, type PickleValue } from "./values.ts";

const CONSTANTS = new Set<number>([
  OP.NONE,
  OP.NEWTRUE,
  OP.NEWFALSE,
  OP.INT,
  OP.LONG,
  OP.BININT,
  OP.BININT1,
  OP.BININT2,
  OP.LONG1,
  OP.LONG4,
  OP.BINFLOAT,
  OP.STRING,
  OP.BINSTRING,
  OP.SHORT_BINSTRING,
  OP.UNICODE,
  OP.BINUNICODE,
  OP.SHORT_BINUNICODE,
  OP.BINUNICODE8,
  OP.BINBYTES,
  OP.SHORT_BINBYTES,
  OP.BINBYTES8,
  OP.BYTEARRAY8,
]);

/** Whether an opcode only pushes a value that follows it in the stream. */
export function isConstant(op: number): boolean {
  return CONSTANTS.has(op);
}

export function constantOf(op: number, cursor: PickleCursor): PickleValue {
  switch (op) {
    case OP.NEWTRUE:
      return true;
    case OP.NEWFALSE:
      return false;
    case OP.INT: {
      // Protocol 0 writes booleans as the integers 00 and 01.
      const start = cursor.position;
      const text = cursor.line("INT");
      if (text === "00" || text === "01") return text === "01";
      cursor.position = start;
      return cursor.decimal("INT");
    }
    case OP.LONG:
      return cursor.decimal("LONG");
    case OP.BININT:
      return cursor.i32("BININT");
    case OP.BININT1:
      return cursor.u8("BININT1");
    case OP.BININT2:
      return cursor.u16("BININT2");
    case OP.LONG1:
      return cursor.long(cursor.u8("LONG1"), "LONG1");
    case OP.LONG4:
      return cursor.long(cursor.i32("LONG4"), "LONG4");
    case OP.BINFLOAT:
      return new PickleFloat(cursor.f64("BINFLOAT"));
    case OP.STRING:
      return quoted(cursor);
    case OP.BINSTRING:
      return cursor.latin1(cursor.i32("BINSTRING"), "BINSTRING");
    case OP.SHORT_BINSTRING:
      return cursor.latin1(cursor.u8("SHORT_BINSTRING"), "SHORT_BINSTRING");
    case OP.UNICODE:
      return cursor
        .line("UNICODE")
        .replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short?: string, long?: string) => {
          const code = Number.parseInt(short ?? long ?? "", 16);
          return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
        });
    case OP.BINUNICODE:
      return cursor.utf8(cursor.u32("BINUNICODE"), "BINUNICODE");
    case OP.SHORT_BINUNICODE:
      return cursor.utf8(cursor.u8("SHORT_BINUNICODE"), "SHORT_BINUNICODE");
    case OP.BINUNICODE8:
      return cursor.utf8(cursor.u64("BINUNICODE8"), "BINUNICODE8");
    case OP.BINBYTES:
      return cursor.take(cursor.u32("BINBYTES"), "BINBYTES");
    case OP.SHORT_BINBYTES:
      return cursor.take(cursor.u8("SHORT_BINBYTES"), "SHORT_BINBYTES");
    case OP.BINBYTES8:
      return cursor.take(cursor.u64("BINBYTES8"), "BINBYTES8");
    case OP.BYTEARRAY8:
      return cursor.take(cursor.u64("BYTEARRAY8"), "BYTEARRAY8");
    default:
      return null;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** Python 2's repr of a byte string, quotes included. */
function quoted(cursor: PickleCursor): string {
  const start = cursor.position;
  const text = cursor.line("STRING").trim();
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) {
    cursor.fail("STRING is not quoted.", start);
  }
  return text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/g, (whole, hex?: string, octal?: string, character?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      return ESCAPES[character ?? ""] ?? whole;
    });
}
