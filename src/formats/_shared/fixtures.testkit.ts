import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { ModeScopeError } from "../../base/errors.ts";
import type { Checkpoint, Format, OpenContext } from "../types.ts";

/** What the producer's own library reads from a fixture: numbers, or the words for what JSON cannot hold. */
export interface ExpectedTensor {
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

const WORDS: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };

export const fixtureUrl = (path: string) => new URL(`../../../test/fixtures/${path}`, import.meta.url);
export const fixtureBytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(fixtureUrl(path)));
export const fixtureJson = (path: string): Record<string, ExpectedTensor> =>
  JSON.parse(readFileSync(fixtureUrl(path), "utf8")) as Record<string, ExpectedTensor>;

/** Expected values of several files: file → tensor → what its producer reads. */
export const fixtureTables = (path: string): Record<string, Record<string, ExpectedTensor>> =>
  JSON.parse(readFileSync(fixtureUrl(path), "utf8")) as Record<string, Record<string, ExpectedTensor>>;

export const noSiblings: OpenContext = { sibling: () => Promise.reject(new Error("no sibling is needed")) };

export const openBytes = (format: Format, bytes: Uint8Array<ArrayBuffer>, name = "file"): Promise<Checkpoint> =>
  format.open(memorySource(bytes, `file:///folder/${name}`), noSiblings);

/** Every value of a tensor equals what its producer reads, whole and in two pieces. */
export async function expectValues(checkpoint: Checkpoint, name: string, want: ExpectedTensor): Promise<void> {
  const tensor = checkpoint.tensors.find((candidate) => candidate.name === name);
  expect(tensor?.shape).toEqual(want.shape);
  const elements = tensor?.elements ?? 0;
  const numbers = want.values.map((value) => (typeof value === "number" ? value : (WORDS[value] ?? Number.NaN)));
  expect(Array.from(await checkpoint.read(name, 0, elements))).toEqual(numbers);
  const half = Math.floor(elements / 2);
  const pieces = [await checkpoint.read(name, 0, half), await checkpoint.read(name, half, elements - half)];
  expect(pieces.flatMap((piece) => Array.from(piece))).toEqual(numbers);
}

/** A source that counts what is read of it. */
export function countingSource(bytes: Uint8Array<ArrayBuffer>, uri = "file:///folder/file") {
  const source = memorySource(bytes, uri);
  let bytesRead = 0;
  return {
    bytesRead: () => bytesRead,
    source: {
      ...source,
      read(offset: number, length: number, signal?: AbortSignal) {
        bytesRead += length;
        return source.read(offset, length, signal);
      },
    },
  };
}

/** A folder of fixtures as a checkpoint's surroundings: what lies below it, and nothing else. */
export function folderContext(folder: string): OpenContext {
  const base = fixtureUrl(`${folder}/`);
  return {
    async sibling(name) {
      const url = new URL(name, base);
      if (!url.href.startsWith(base.href) || !existsSync(url))
        throw new ModeScopeError("bad-format", `${name} is not in the folder.`, { field: "sibling" });
      return memorySource(new Uint8Array(readFileSync(url)), url.href);
    },
    async list(path = "") {
      const entries = readdirSync(new URL(path === "" ? "." : `${path}/`, base), { withFileTypes: true });
      return {
        entries: entries.map((entry) => ({
          name: entry.name,
          kind: entry.isDirectory() ? ("folder" as const) : ("file" as const),
        })),
        complete: true,
      };
    },
  };
}

export interface Producer {
  readonly name: string;
  readonly version: string;
  readonly note?: string;
}

/** Fixture files that open on their own, with who made them: what every `producer.json` under test/fixtures names. */
export function producedFixtures(): readonly { readonly path: string; readonly producer: Producer }[] {
  const names = readdirSync(fixtureUrl(""), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(fixtureUrl("").pathname.length).replace(/^\//, ""));
  return names
    .filter((name) => name.endsWith("/producer.json"))
    .flatMap((note) => {
      const folder = note.slice(0, -"producer.json".length);
      const { producers } = JSON.parse(readFileSync(fixtureUrl(note), "utf8")) as {
        producers: readonly (Producer & { readonly files?: readonly string[] })[];
      };
      return producers.flatMap(({ files = ["*"], ...producer }) =>
        names
          .filter((name) => name.startsWith(folder) && !/\/(expected|statistics|producer)\.json$/.test(name))
          .filter((name) => files.some((pattern) => matches(name.slice(folder.length), pattern)))
          .map((path) => ({ path, producer })),
      );
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `*` stays within a name, `**` does not. */
function matches(path: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*|\*/g, (star) => (star === "*" ? "[^/]*" : ".*"));
  return new RegExp(`^${source}$`).test(path);
}
