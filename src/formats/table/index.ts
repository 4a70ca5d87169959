import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError, ModeScopeError } from "../../base/errors.ts";
import type { Checkpoint, Format, OpenContext } from "../types.ts";
import { looksLikeJsonTable, parseJsonTable } from "./json.ts";
import { delimiterOf, parseTable } from "./parse.ts";

/** Text is read whole: its shape stands nowhere in it. A million cells are about 6 MB. */
const MAX_TABLE_BYTES = 64 * 2 ** 20;

export const tableFormat: Format = {
  manifest: {
    id: "table",
    title: "Table (CSV, TSV, JSON)",
    extensions: [".csv", ".tsv", ".table.json"],
    offered: true,
  },
  sniff: ({ head, size }) => {
    const text = textOf(head, head.length >= size);
    return text !== null && (looksLikeJsonTable(text) || delimiterOf(text, head.length >= size) !== null);
  },
  open: openTable,
};

async function openTable(source: ByteSource, context: OpenContext): Promise<Checkpoint> {
  if (source.size > MAX_TABLE_BYTES)
    throw new LimitError(`The table has ${source.size} bytes; text is read whole, up to ${MAX_TABLE_BYTES} bytes.`, {
      format: "table",
      uri: source.uri,
      remedy: "Save it as .npy, .npz or safetensors.",
    });
  const bytes = await source.read(0, source.size, context.signal);
  const text = textOf(bytes, true);
  if (text === null) throw noNumbers(source.uri);
  const isJson = looksLikeJsonTable(text.slice(0, 1 << 16));
  const delimiter = isJson ? null : delimiterOf(text.slice(0, 1 << 16), text.length <= 1 << 16);
  if (!isJson && delimiter === null) throw noNumbers(source.uri);
  const { data, rows, columns, rowLabels, columnLabels, skipped } =
    delimiter === null ? parseJsonTable(text) : parseTable(text, delimiter);
  const name = nameOf(source.uri);
  const missing = data.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  return {
    format: "table",
    framework: "unknown",
    tensors:
      rows * columns === 0
        ? []
        : [{ name, shape: [rows, columns], dtype: "f64", elements: rows * columns, storedBytes: source.size }],
    metadata: {
      separator: delimiter === null ? "JSON" : delimiter === "\t" ? "tab" : delimiter,
      rowLabels: rowLabels !== null,
      columnLabels: columnLabels !== null,
    },
    findings:
      missing === 0
        ? []
        : [
            {
              kind: "warning",
              message: `${missing} cells are empty or say that a value is missing: they are NaN, and no spectrum is taken of them.`,
            },
          ],
    skipped,
    version: source.version,
    axisLabels: { [name]: [rowLabels, columnLabels] },
    bytesRead: () => source.size,
    async read(tensor, start, count, signal) {
      signal?.throwIfAborted();
      if (tensor !== name)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${tensor} in this file.`, { tensor });
      if (start < 0 || count < 0 || start + count > data.length)
        throw new ModeScopeError("bad-request", `${name} has ${data.length} elements.`, { tensor });
      return data.slice(start, start + count);
    },
    close: () => source.close(),
  };
}

function noNumbers(uri: string): FormatError {
  return new FormatError("The text is no table of numbers.", { format: "table", field: "cells", uri });
}

/** UTF-8 without control characters; a head may end within a character. Null for anything else. */
function textOf(bytes: Uint8Array, whole: boolean): string | null {
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return null;
  // The last character of a head may be cut: at most three bytes of it are there.
  for (let cut = 0; cut <= (whole ? 0 : 3); cut++) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytes.length - cut));
    } catch {}
  }
  return null;
}

function nameOf(uri: string): string {
  const last = uri.slice(uri.lastIndexOf("/") + 1).replace(/\.(csv|tsv|txt|table\.json|json)$/i, "");
  try {
    return decodeURIComponent(last) || "table";
  } catch {
    return last;
  }
}
