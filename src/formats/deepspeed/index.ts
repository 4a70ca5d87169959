import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, serializeError } from "../../base/errors.ts";
import { archiveCheckpoint, readTorchArchive } from "../_shared/pickleTorch/archive.ts";
import { withZeroPartitions, zeroFacts } from "../_shared/pickleTorch/zero.ts";
import type { Checkpoint, Format, OpenContext } from "../types.ts";

const ID = "deepspeed";
const MAX_TAG = 255;
const ENTRIES = ["mp_rank_00_model_states.pt", "zero_pp_rank_0_mp_rank_00_model_states.pt"];

/** The file `latest` that DeepSpeed keeps in a run's folder: it names the folder of the last checkpoint. */
export const deepspeedFormat: Format = {
  manifest: {
    id: ID,
    title: "DeepSpeed ZeRO checkpoint",
    extensions: [],
    folder: [{ name: "latest", beside: ["global_step*/"] }],
  },
  sniff: ({ head, name, size }) => name === "latest" && size <= MAX_TAG && tagOf(head.subarray(0, size)) !== null,
  async open(source, context): Promise<Checkpoint> {
    const tag = tagOf(await source.read(0, source.size, context.signal));
    if (tag === null) throw nothing("latest", "does not name a folder");
    const inside: OpenContext = {
      ...context,
      sibling: (name) => context.sibling(`${tag}/${name}`),
      ...(context.list === undefined
        ? {}
        : {
            list: (folder = "") =>
              context.list?.(`${tag}${folder === "" ? "" : `/${folder}`}`) ??
              Promise.reject(nothing(tag, "cannot be listed")),
          }),
    };
    const model = await firstOf(inside, tag);
    const archive = await readTorchArchive(model, ID, context.signal);
    const checkpoint = await archiveCheckpoint(archive, context.signal);
    const zero = zeroFacts(archive.object.value);
    const whole = zero === null ? checkpoint : await withZeroPartitions(checkpoint, zero, model.uri, inside);
    return {
      ...whole,
      format: ID,
      metadata: { tag, ...whole.metadata },
      version: `${source.version} ${whole.version}`,
      read: whole.read.bind(whole),
      async close() {
        await whole.close();
        await source.close();
      },
    };
  },
};

async function firstOf(context: OpenContext, tag: string): Promise<ByteSource> {
  let why = "";
  for (const name of ENTRIES) {
    try {
      return await context.sibling(name);
    } catch (error) {
      context.signal?.throwIfAborted();
      why = serializeError(error).message;
    }
  }
  throw nothing(tag, `holds no model states (${why})`);
}

function tagOf(bytes: Uint8Array): string | null {
  return /^([\w][\w.-]{0,200})\s*$/.exec(new TextDecoder("latin1").decode(bytes))?.[1] ?? null;
}

function nothing(tag: string, why: string): FormatError {
  return new FormatError(`The last checkpoint of this run, ${tag}, ${why}.`, {
    format: ID,
    field: "latest",
    offset: 0,
    remedy: "Open the model states of another step.",
  });
}
