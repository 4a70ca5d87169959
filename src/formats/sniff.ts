import type { ByteSource } from "../base/byteSource.ts";
import { ModeScopeError, UnsupportedError } from "../base/errors.ts";
import { withDerived } from "./_shared/derived/index.ts";
import { withModelFolder } from "./_shared/modelFolder.ts";
import { FORMATS } from "./registry.ts";
import { type Checkpoint, type Finding, type Format, type OpenContext, SNIFF_BYTES, type SniffInput } from "./types.ts";

/** Decides by content which format a file is and opens it (headers only). What is no checkpoint gets its own sentence. */
export async function openCheckpoint(
  source: ByteSource,
  name: string,
  context: OpenContext,
): Promise<{ checkpoint: Checkpoint; format: Format }> {
  const head = await source.read(0, Math.min(SNIFF_BYTES, source.size), context.signal);
  const input: SniffInput = { head, name, size: source.size };
  const format = FORMATS.find((candidate) => candidate.sniff(input));
  if (format === undefined) throw whatItIs(input, source.uri);
  const checkpoint = await format.open(source, context);
  if (checkpoint.tensors.length === 0) {
    await checkpoint.close();
    throw tensorless(checkpoint, format, source.uri);
  }
  const odd = wrongExtension(name, format);
  const derived = await withDerived(odd === null ? checkpoint : withFinding(checkpoint, odd), context);
  const whole = await withModelFolder(derived, context);
  // A file may turn out to be one of a folder that has a format of its own.
  return { checkpoint: whole, format: FORMATS.find(({ manifest }) => manifest.id === whole.format) ?? format };
}

/** No table can be shown, but what the file tried must be: a pickle that holds nothing but a call is an attack, not an accident. */
function tensorless(checkpoint: Checkpoint, format: Format, uri: string): ModeScopeError {
  const skipped = checkpoint.skipped[0];
  const security = checkpoint.findings.filter(({ kind }) => kind === "security").map(({ message }) => message);
  return new ModeScopeError(
    "bad-format",
    `This ${format.manifest.title} file holds no tensor that can be shown.${skipped === undefined ? "" : ` ${skipped.name}: ${skipped.reason}`}`,
    {
      uri,
      format: format.manifest.id,
      ...(security.length === 0 ? {} : { security: security.slice(0, MAX_LISTED_FINDINGS) }),
      remedy:
        security.length === 0
          ? "If it should hold weights, save the model's state_dict (or its arrays) again."
          : "Nothing was executed. Do not load this file with Python unless you trust where it comes from.",
    },
  );
}

/** Of a hostile file's findings, those that fit a message. */
const MAX_LISTED_FINDINGS = 8;

function withFinding(checkpoint: Checkpoint, finding: Finding): Checkpoint {
  return {
    ...checkpoint,
    findings: [...checkpoint.findings, finding],
    read: checkpoint.read.bind(checkpoint),
    close: checkpoint.close.bind(checkpoint),
  };
}

/** A name that promises another format: worth a word, no reason to refuse. */
function wrongExtension(name: string, format: Format): Finding | null {
  const lower = name.toLowerCase();
  if (format.manifest.extensions.some((extension) => lower.endsWith(extension))) return null;
  const promised = FORMATS.find(
    (other) => other !== format && other.manifest.extensions.some((extension) => lower.endsWith(extension)),
  );
  if (promised === undefined) return null;
  return {
    kind: "warning",
    message: `The name promises ${promised.manifest.title}, but the content is ${format.manifest.title}: it was opened by its content.`,
  };
}

const startsWith = (head: Uint8Array, bytes: readonly number[]) => bytes.every((byte, i) => head[i] === byte);

/** Other kinds of file by their first bytes, each with what to do. */
const KNOWN: readonly {
  readonly is: (head: Uint8Array, text: string) => boolean;
  readonly what: string;
  readonly remedy: string;
}[] = [
  {
    is: (_head, text) => text.startsWith("version https://git-lfs.github.com/spec/"),
    what: "This is a Git LFS pointer: the checkpoint itself has not been downloaded.",
    remedy: "Run `git lfs pull` in the repository, then open it again.",
  },
  {
    is: (_head, text) => /^\s*<(!doctype html|html|head)/i.test(text),
    what: "This is a web page, not a checkpoint: a download was answered with a page (often a login or an error).",
    remedy: "Download the file again, with access rights if it needs them.",
  },
  {
    is: (_head, text) => text.slice(4, 8) === "TFL3",
    what: "This is a TensorFlow Lite model, which is not read.",
    remedy: "Open the checkpoint that it was converted from.",
  },
  { is: (head) => startsWith(head, [0x1f, 0x8b]), what: "This is a gzip-compressed file.", remedy: "Unpack it first." },
  {
    is: (head) => startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]),
    what: "This is a zstd-compressed file.",
    remedy: "Unpack it first.",
  },
  {
    is: (head) => startsWith(head, [0x50, 0x4b]),
    what: "This is a zip archive, but holds no checkpoint that ModeScope knows (PyTorch, Keras, NumPy).",
    remedy: "Unpack it and open the checkpoint inside.",
  },
  {
    is: (_head, text) => /^\s*[{[]/.test(text),
    what: "This is JSON, but no index of safetensors shards.",
    remedy: "Open the checkpoint itself.",
  },
  {
    is: (head) => head[0] === 0x80 && (head[1] ?? 9) <= 5,
    what: "This is a Python pickle, but no PyTorch checkpoint.",
    remedy: "Save the arrays with torch.save, safetensors or numpy.savez.",
  },
];

/** Of all formats, each once; whole names are written by a program that knows them. */
function suffixes(): string {
  return [...new Set(FORMATS.flatMap(({ manifest }) => manifest.extensions))].join(" ");
}

function whatItIs({ head, name, size }: SniffInput, uri: string): ModeScopeError {
  if (size === 0)
    return new ModeScopeError("bad-format", "The file is empty (0 bytes).", {
      uri,
      remedy: "If a training run is writing it, wait; else save it again.",
    });
  const text = new TextDecoder("latin1").decode(head.subarray(0, 512));
  const known = KNOWN.find((kind) => kind.is(head, text));
  if (known !== undefined) return new UnsupportedError(known.what, { uri, remedy: known.remedy });
  if (head.subarray(0, 4096).every((byte) => byte === 0)) {
    return new ModeScopeError(
      "bad-format",
      "The file begins with zeros only: it was probably never written to its end.",
      { uri, remedy: "Copy or save it again." },
    );
  }
  return new ModeScopeError("unknown-format", `${name} is no checkpoint that ModeScope knows.`, {
    uri,
    offset: 0,
    remedy: `It opens files that end in ${suffixes()}, told by their content.`,
  });
}
