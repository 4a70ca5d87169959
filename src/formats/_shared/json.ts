import { FormatError, LimitError } from "../../base/errors.ts";
import type { OpenContext } from "../types.ts";

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A small text or JSON file beside the checkpoint, whole: parsed if its name ends in .json, else as text. */
export async function readJson(context: OpenContext, name: string, maxBytes: number): Promise<unknown> {
  const source = await context.sibling(name);
  try {
    if (source.size > maxBytes)
      throw new LimitError(`${name} has ${source.size} bytes; at most ${maxBytes} are read.`, { uri: source.uri });
    const bytes = await source.read(0, source.size, context.signal);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return name.endsWith(".json") ? (JSON.parse(text) as unknown) : text;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new FormatError(
      `${name} is no valid ${name.endsWith(".json") ? "JSON" : "text"}.`,
      { format: "json", field: name, offset: 0, uri: source.uri, remedy: "Download or save it again." },
      { cause },
    );
  } finally {
    await source.close();
  }
}
