import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { memorySource } from "../../base/byteSource.ts";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { describeTensors } from "../../formats/interpret/index.ts";
import { openCheckpoint } from "../../formats/sniff.ts";
import type { StudyContext, StudyInput } from "../types.ts";

/** A file by its path in the repository, by its text or by its bytes. */
export type MadeFile =
  | { readonly path: string }
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** A study's context over files by role; what it publishes is kept. */
export function contextOf(files: Readonly<Record<string, MadeFile>>) {
  const published: unknown[] = [];
  const fractions: number[] = [];
  const context: StudyContext = {
    files: Object.keys(files).map((role): StudyInput => ({ role, uri: `file:///${role}` })),
    async withFile({ role, uri }, use) {
      const file = files[role];
      if (file === undefined) throw new ModeScopeError("source-missing", `There is no ${role}.`);
      const name = "path" in file ? file.path.slice(file.path.lastIndexOf("/") + 1) : file.name;
      const bytes =
        "path" in file
          ? readFileSync(join(ROOT, file.path))
          : "bytes" in file
            ? file.bytes
            : new TextEncoder().encode(file.text);
      const { checkpoint } = await openCheckpoint(memorySource(new Uint8Array(bytes), uri), name, {
        sibling: () => Promise.reject(new ModeScopeError("source-missing", "There is no file beside it.")),
      });
      const analyse = () => Promise.reject(new ModeScopeError("unsupported", "Nobody asks for an analysis."));
      return use({ uri, name, checkpoint, tensors: describeTensors(checkpoint), analyse });
    },
    readBytes: ({ role }) => Promise.reject(new ModeScopeError("unsupported", `Nobody asks for all bytes of ${role}.`)),
    cancel: NEVER_CANCELLED,
    signal: new AbortController().signal,
    progress: (fraction) => void fractions.push(fraction),
    publish: (partial) => void published.push(partial),
  };
  return { context, published, fractions };
}

export const sample = (path: string): MadeFile => ({ path: `samples/toy-world/${path}` });

/** A safetensors file of float32 matrices. */
export function safetensorsOf(matrices: Readonly<Record<string, readonly (readonly number[])[]>>): MadeFile {
  const header: Record<string, unknown> = {};
  const all: number[] = [];
  for (const [name, rows] of Object.entries(matrices)) {
    const values = rows.flat();
    const shape = [rows.length, rows[0]!.length];
    header[name] = { dtype: "F32", shape, data_offsets: [4 * all.length, 4 * (all.length + values.length)] };
    all.push(...values);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + 4 * all.length);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  file.set(new Uint8Array(Float32Array.from(all).buffer), 8 + text.length);
  return { name: "model.safetensors", bytes: file };
}
