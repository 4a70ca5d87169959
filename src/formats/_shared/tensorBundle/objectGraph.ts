import { LENGTH } from "../protobuf.ts";
import { body, eachField } from "./entries.ts";

/** Where the object graph stands in every checkpoint of objects (TensorFlow 2). */
export const OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
/** Text values: their lengths as varints, a checksum of four bytes, then the texts. */
const CHECKSUM_BYTES = 4;

/** The one text of a scalar text tensor. */
export function onlyText(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  let length = 0;
  for (let at = 0; at < Math.min(8, bytes.length); at++) {
    length += (bytes[at]! & 127) * 2 ** (7 * at);
    if (bytes[at]! >= 128) continue;
    const start = at + 1 + CHECKSUM_BYTES;
    return start + length <= bytes.length ? bytes.slice(start, start + length) : null;
  }
  return null;
}

/** TrackableObjectGraph: checkpoint key → the variable's own name (`conv2d/kernel`), where it has one. */
export async function readFullNames(
  bytes: Uint8Array<ArrayBuffer>,
  format: string,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  await eachField(bytes, format, async (graph) => {
    if (graph.field !== 1 || graph.wire !== LENGTH) return;
    await eachField((await body(graph)).slice(), format, async (object) => {
      if (object.field !== 2 || object.wire !== LENGTH) return;
      const texts = ["", "", "", ""];
      await eachField((await body(object)).slice(), format, async (attribute) => {
        if (attribute.wire === LENGTH && attribute.field < 4) texts[attribute.field] = await attribute.text(4096);
      });
      const [, , fullName = "", key = ""] = texts;
      if (key !== "" && fullName !== "") names.set(key, fullName);
    });
  });
  return names;
}
