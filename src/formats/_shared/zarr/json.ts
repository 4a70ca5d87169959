import { DTYPES } from "../../../base/dtype.ts";
import { readZarrMeta, type ZarrMeta } from "./meta.ts";

/** A `.zarray` is some hundred bytes. */
export const MAX_ZARRAY_BYTES = 1 << 20;

/** The description of an array from its JSON; a text is the reason why it cannot be shown. */
export function zarrMetaOf(bytes: Uint8Array): ZarrMeta | string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return "its description is no JSON";
  }
  return readZarrMeta(value, (dtype) => DTYPES[dtype].bytes);
}
