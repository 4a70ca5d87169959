import type { ByteSource } from "../../base/byteSource.ts";
import { LENGTH, ProtoReader } from "../_shared/protobuf.ts";
import type { MetadataValue } from "../types.ts";

export const FORMAT = "saved-model";
const MAX_TEXT = 4096;
/** Tags of one graph: writers give one or two. */
const MAX_TAGS = 64;

export interface Facts {
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly bytesRead: number;
}

/** Tags and TensorFlow's version, from the head of each graph; the graphs themselves are skipped. */
export async function readFacts(source: ByteSource, signal: AbortSignal | undefined): Promise<Facts> {
  const reader = new ProtoReader(source, FORMAT, signal);
  const each = async (end: number, take: (bodyEnd: number) => Promise<void> | undefined) => {
    while (reader.position < end) {
      const wait = reader.head(end);
      if (wait !== undefined) await wait;
      reader.tag(end);
      const bodyEnd = reader.end;
      const taken = reader.wire === LENGTH ? take(bodyEnd) : undefined;
      if (taken !== undefined) await taken;
      reader.leave(bodyEnd);
    }
  };
  const tags: string[] = [];
  let version = "";
  let graphs = 0;
  // MetaInfoDef: tags 4, tensorflow_version 5.
  const info = (end: number) =>
    each(end, () => {
      if (reader.field === 4 && tags.length < MAX_TAGS)
        return reader.text(MAX_TEXT).then((tag) => {
          tags.push(tag);
        });
      if (reader.field !== 5) return undefined;
      return reader.text(MAX_TEXT).then((text) => {
        version = text;
      });
    });
  await each(source.size, (graphEnd) => {
    if (reader.field !== 2) return undefined;
    graphs += 1;
    return each(graphEnd, (end) => (reader.field === 1 ? info(end) : undefined));
  });
  return {
    metadata: { ...(version === "" ? {} : { tensorflow: version }), tags, ...(graphs > 1 ? { graphs } : {}) },
    bytesRead: reader.bytesRead,
  };
}
