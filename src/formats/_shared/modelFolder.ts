import type { TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint, LabelSource, MetadataValue, OpenContext } from "../types.ts";
import { isRecord, readJson } from "./json.ts";

/** A configuration is a page of text; a tokenizer with its merges some tens of megabytes. */
const MAX_CONFIG_BYTES = 4 * 2 ** 20;
const MAX_TOKENIZER_BYTES = 100 * 2 ** 20;
/** Words of one vocabulary: the largest published ones have below 300,000. */
const MAX_WORDS = 4_000_000;

/** Files that hold a vocabulary, the most telling first, and how each is read. */
const VOCABULARIES: readonly (readonly [string, (file: unknown) => ReadonlyMap<number, string>])[] = [
  ["tokenizer.json", ofTokenizer],
  ["vocab.json", (file) => byId(isRecord(file) ? Object.entries(file) : [])],
  ["vocab.txt", (file) => new Map(typeof file === "string" ? file.split(/\r?\n/).entries() : [])],
];

/**
 * What lies beside a checkpoint of the Hugging Face layout: `config.json` says the architecture, the tokenizer names the rows of the
 * embedding and `id2label` those of a classifier. A config.json of another kind (a training script's own) is left alone.
 */
export async function withModelFolder(checkpoint: Checkpoint, context: OpenContext): Promise<Checkpoint> {
  if (context.list === undefined) return checkpoint;
  const listing = await context.list().catch(() => null);
  const names = new Set(listing?.entries.filter(({ kind }) => kind === "file").map(({ name }) => name));
  if (!names.has("config.json")) return checkpoint;
  const config = await readJson(context, "config.json", MAX_CONFIG_BYTES).catch(() => {
    context.signal?.throwIfAborted();
    return null;
  });
  if (!isRecord(config) || !["model_type", "architectures", "_class_name"].some((key) => Object.hasOwn(config, key)))
    return checkpoint;
  const labels = [
    ...(checkpoint.labels ?? []),
    ...vocabulary(names, config, checkpoint, context),
    ...classes(config, checkpoint),
  ];
  return {
    ...checkpoint,
    metadata: { ...checkpoint.metadata, "config.json": plain(config, 0) },
    ...(labels.length === 0 ? {} : { labels }),
    read: checkpoint.read.bind(checkpoint),
    close: checkpoint.close.bind(checkpoint),
  };
}

function vocabulary(
  names: ReadonlySet<string>,
  config: Readonly<Record<string, unknown>>,
  { tensors }: Checkpoint,
  context: OpenContext,
): LabelSource[] {
  const found = VOCABULARIES.find(([name]) => names.has(name));
  const size = sizeIn(config, "vocab_size");
  if (found === undefined || size === null) return [];
  const [name, words] = found;
  return [
    {
      id: name,
      title: `Vocabulary of ${name}`,
      tensors: rowsOf(tensors, size, /emb|wte|lm_head|shared|decoder|output/i),
      axis: 0,
      load: async (signal) => {
        const read = await readJson(
          { ...context, ...(signal === undefined ? {} : { signal }) },
          name,
          MAX_TOKENIZER_BYTES,
        );
        const found = words(read);
        return Array.from({ length: Math.min(size, MAX_WORDS) }, (_, id) => found.get(id) ?? `#${id}`);
      },
    },
  ];
}

function classes(config: Readonly<Record<string, unknown>>, { tensors }: Checkpoint): LabelSource[] {
  const names = config.id2label;
  if (!isRecord(names)) return [];
  const entries = Object.entries(names).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const words = entries.map(([id, word]) => [Number(id), word] as const);
  if (words.length < 2 || !words.every(([id]) => Number.isSafeInteger(id) && id >= 0 && id < words.length)) return [];
  const byNumber = new Map(words);
  return [
    {
      id: "id2label",
      title: "Classes of config.json",
      tensors: rowsOf(tensors, words.length, /class|score|head|logits|^fc|qa_outputs/i),
      axis: 0,
      load: async () => words.map((_, id) => byNumber.get(id) ?? `#${id}`),
    },
  ];
}

function rowsOf(tensors: readonly TensorInfo[], rows: number, name: RegExp): string[] {
  return tensors.filter((tensor) => tensor.shape[0] === rows && name.test(tensor.name)).map((tensor) => tensor.name);
}

/** BPE and word-piece tokenizers map text to id, unigram ones list [text, score]; tokens added later stand apart. */
function ofTokenizer(file: unknown): ReadonlyMap<number, string> {
  const model = isRecord(file) ? file.model : null;
  const vocab = isRecord(model) ? model.vocab : null;
  const words = new Map(
    Array.isArray(vocab)
      ? vocab.map((pair: unknown, id) => [id, Array.isArray(pair) ? String(pair[0]) : ""] as const)
      : byId(isRecord(vocab) ? Object.entries(vocab) : []),
  );
  const added = isRecord(file) && Array.isArray(file.added_tokens) ? file.added_tokens : [];
  for (const token of added as readonly unknown[])
    if (isRecord(token) && typeof token.id === "number" && typeof token.content === "string")
      words.set(token.id, token.content);
  return words;
}

function byId(entries: readonly (readonly [string, unknown])[]): Map<number, string> {
  return new Map(entries.flatMap(([word, id]) => (typeof id === "number" ? [[id, word] as const] : [])));
}

/** A size of the configuration, or of the text half of a configuration with several. */
function sizeIn(config: Readonly<Record<string, unknown>>, name: string): number | null {
  const own = config[name];
  const inner = isRecord(config.text_config) ? config.text_config[name] : undefined;
  const size = typeof own === "number" ? own : inner;
  return typeof size === "number" && Number.isSafeInteger(size) && size > 0 ? size : null;
}

/** JSON as metadata: what a person reads, bounded in depth. */
function plain(value: unknown, depth: number): MetadataValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (depth > 8) return "…";
  if (Array.isArray(value)) return value.slice(0, 1000).map((item) => plain(item, depth + 1));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, 1000)
        .map(([key, item]) => [key, plain(item, depth + 1)]),
    );
  return String(value);
}
