/** JSON has no NaN, no infinities and no typed arrays: numbers that it cannot hold become the strings "NaN", "Infinity", "-Infinity". */
export function toJson(value: unknown, indent: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => {
      if (typeof item === "number" && !Number.isFinite(item)) return String(item);
      if (ArrayBuffer.isView(item) && !(item instanceof DataView)) return Array.from(item as Float64Array);
      return item;
    },
    indent,
  );
}

/** One document: laid out for reading where it is the only one, on one line where there are several. */
export function printDocument(value: unknown, several: boolean): void {
  process.stdout.write(`${toJson(value, several ? 0 : 2)}\n`);
}
