import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, serializeError } from "../../base/errors.ts";
import { openBundle } from "../_shared/tensorBundle/open.ts";
import type { Checkpoint, Format, OpenContext, SniffInput } from "../types.ts";
import { FORMAT, readFacts } from "./facts.ts";

const PREFIX = "variables/variables";

/** TensorFlow's SavedModel: a folder of a graph (`saved_model.pb`) and a bundle of variables, which are the weights. */
export const savedModelFormat: Format = {
  manifest: {
    id: FORMAT,
    title: "TensorFlow SavedModel",
    extensions: ["saved_model.pb"],
    folder: [{ name: "saved_model.pb", beside: ["variables/"], wholeTree: true }],
  },
  sniff: looksLikeSavedModel,
  async open(source, context): Promise<Checkpoint> {
    const { metadata, bytesRead } = await readFacts(source, context.signal);
    const index = await openIndex(context);
    try {
      const files = new Map([[source.uri, source]]);
      return await openBundle(index, { format: FORMAT, prefix: PREFIX, metadata, files, bytesRead }, context);
    } catch (error) {
      await index.close();
      throw error;
    }
  },
};

async function openIndex(context: OpenContext): Promise<ByteSource> {
  try {
    return await context.sibling(`${PREFIX}.index`);
  } catch (cause) {
    context.signal?.throwIfAborted();
    throw new FormatError(
      `The model's variables cannot be opened: ${serializeError(cause).message}`,
      {
        format: FORMAT,
        field: `${PREFIX}.index`,
        offset: 0,
        remedy:
          "A SavedModel is a folder: keep saved_model.pb and the folder variables together. A frozen graph has no variables to show.",
      },
      { cause },
    );
  }
}

/** Version 1 of the schema, then a graph that begins with facts about itself. */
function looksLikeSavedModel({ head }: SniffInput): boolean {
  if (head[0] !== 0x08 || head[1] !== 1 || head[2] !== 0x12) return false;
  let at = 3;
  while ((head[at] ?? 0) >= 128) at++;
  if (head[at + 1] !== 0x0a) return false;
  at += 2;
  while ((head[at] ?? 0) >= 128) at++;
  // MetaInfoDef: version of the graph, list of operators, tags.
  return [0x0a, 0x12, 0x1a, 0x22].includes(head[at + 1] ?? 0);
}
