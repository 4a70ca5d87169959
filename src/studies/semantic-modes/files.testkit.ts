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
      return use({ uri, name, checkpoint, tensors: describeTensors(checkpoint) });
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
