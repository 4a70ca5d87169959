import type { ByteSource } from "../../../base/byteSource.ts";
import { FormatError, LimitError, ModeScopeError } from "../../../base/errors.ts";
import { MAX_PICKLE_BYTES } from "../../../base/limits.ts";
import type { UnpickleReport } from "../pickle/machine.ts";
import { type Unpickled, unpickle } from "../pickle/unpickle.ts";
import { asSequence, PickleDict, type PickleValue } from "../pickle/values.ts";

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;
/** First look at the file; doubled until all five pickles end within it, so storages behind them are hardly touched. */
const FIRST_WINDOW = 64 * 1024;

export interface LegacyPickles {
  readonly value: PickleValue;
  readonly report: UnpickleReport;
  readonly littleEndian: boolean;
  /** Keys of the storages, in the order in which their data follow. */
  readonly keys: readonly string[];
  /** Where the data of the storages begin. */
  readonly end: number;
}

/** Reads the five pickles (magic number, version, system, object, storage keys) that open a legacy file. */
export async function readPickles(source: ByteSource, format: string, signal?: AbortSignal): Promise<LegacyPickles> {
  let held = new Uint8Array(0);
  let wanted = Math.min(FIRST_WINDOW, source.size);
  for (;;) {
    const more = await source.read(held.byteLength, wanted - held.byteLength, signal);
    const joined = new Uint8Array(wanted);
    joined.set(held);
    joined.set(more, held.byteLength);
    held = joined;
    try {
      return parse(held, format);
    } catch (error) {
      // Only a stream that runs out of bytes may go on with a longer look; any damage inside it stays damage at the whole file.
      if (!(error instanceof FormatError) || wanted >= source.size) throw error;
      if (wanted >= 2 * MAX_PICKLE_BYTES) {
        throw new LimitError("The pickles before the tensors are longer than any checkpoint's structure needs.", {
          format,
        });
      }
      wanted = Math.min(wanted * 4, source.size, 2 * MAX_PICKLE_BYTES);
    }
  }
}

function parse(bytes: Uint8Array, format: string): LegacyPickles {
  let at = 0;
  const next = (): Unpickled => {
    const found = unpickle(bytes.subarray(at), { format });
    at += found.end;
    return found;
  };
  if (next().value !== MAGIC_NUMBER) throw wrong("the magic number", format, 0);
  const versionAt = at;
  if (next().value !== PROTOCOL_VERSION) throw wrong("the protocol version", format, versionAt);
  const system = next().value;
  const object = next();
  const keysAt = at;
  const keyValues = asSequence(next().value);
  if (keyValues === undefined) throw wrong("the list of storages", format, keysAt);
  const keys = keyValues.map((key) => (typeof key === "string" || typeof key === "number" ? String(key) : ""));
  const littleEndian = !(system instanceof PickleDict && system.entries.get("little_endian") === false);
  return { value: object.value, report: object.report, littleEndian, keys, end: at };
}

function wrong(what: string, format: string, offset: number): ModeScopeError {
  return new ModeScopeError(
    "bad-format",
    `The file begins like a PyTorch checkpoint of the old format, but ${what} is wrong.`,
    {
      format,
      field: what,
      offset,
      remedy: "Copy the file again: it may be damaged.",
    },
  );
}
