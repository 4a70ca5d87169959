import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { FORMATS } from "../../src/formats/registry.ts";
import { SNIFF_BYTES } from "../../src/formats/types.ts";
import { Random } from "../../src/numerics/random.ts";
import { type Bytes, below, pick } from "./bytes.ts";
import { changed } from "./structure.ts";

/** Small files only: a mutation of a large one mostly hits values, and values cannot be wrong. */
const MAX_SEED_BYTES = 256 * 1024;

/** A valid file, with the files beside it, by their path from its folder. */
interface Seed {
  readonly name: string;
  readonly path: string;
  readonly bytes: Bytes;
  readonly beside: ReadonlyMap<string, Bytes>;
}

export interface Case {
  readonly name: string;
  readonly seed: string;
  readonly bytes: Bytes;
  readonly beside: ReadonlyMap<string, Bytes>;
  /** The file beside it that was changed instead of its own bytes. */
  readonly besideChanged: string | null;
}

/** By convention: every file below test/fixtures that exactly one format claims is a seed of that format. A new format adds a fixture and no line. */
export function corpusOf(root: string): ReadonlyMap<string, readonly Seed[]> {
  const fixtures = join(root, "test", "fixtures");
  const files = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => statSync(join(fixtures, path)).isFile())
    .sort();
  const loaded = new Map(files.map((path) => [path, new Uint8Array(readFileSync(join(fixtures, path)))]));
  const seeds = new Map<string, Seed[]>(FORMATS.map((format) => [format.manifest.id, []]));
  for (const [path, bytes] of loaded) {
    if (bytes.length > MAX_SEED_BYTES) continue;
    const input = { head: bytes.subarray(0, SNIFF_BYTES), name: basename(path), size: bytes.length };
    const claims = FORMATS.filter((format) => format.sniff(input));
    if (claims.length !== 1) continue;
    const folder = dirname(path);
    const beside = new Map(
      [...loaded]
        .filter(([other]) => other !== path && other.startsWith(`${folder}/`))
        .map(([other, content]) => [posix.relative(folder, other), content]),
    );
    seeds.get(claims[0]?.manifest.id ?? "")?.push({ name: basename(path), path, bytes, beside });
  }
  return seeds;
}

/** The same case for the same (seed number, format, index), on every machine. */
export function caseOf(seeds: readonly Seed[], format: string, seedNumber: number, index: number): Case {
  let hash = seedNumber >>> 0;
  for (const character of `${format}/${index}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  const random = new Random(hash);
  const seed = pick(random, seeds);
  const other = pick(random, seeds).bytes;
  const named = [...seed.beside.keys()].filter((name) => belongs(seed, name));
  if (named.length > 0 && below(random, 3) === 0) {
    const besideChanged = pick(random, named);
    const beside = new Map(seed.beside);
    beside.set(besideChanged, changed(random, new Uint8Array(beside.get(besideChanged) ?? []), other));
    return { name: seed.name, seed: seed.path, bytes: seed.bytes, beside, besideChanged };
  }
  return {
    name: seed.name,
    seed: seed.path,
    bytes: changed(random, seed.bytes, other),
    beside: seed.beside,
    besideChanged: null,
  };
}

/** Whether the file is made of the one beside it: it names it, or they share the name up to the first dot. */
function belongs(seed: Seed, name: string): boolean {
  const stem = (path: string) => basename(path).split(".", 1)[0];
  return new TextDecoder("latin1").decode(seed.bytes).includes(basename(name)) || stem(name) === stem(seed.name);
}
