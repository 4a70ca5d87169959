import { benchmark, clearlyFastest } from "./benchmark.ts";
import { CompiledKernels } from "./compiled.ts";
import { MULTIPLY_ADD, SIMD, WIDE } from "./generated/modules.ts";
import { plainKernels } from "./plain/plainKernels.ts";
import { selfTest } from "./selfTest.ts";
import { forSharedMemory } from "./threads/sharedModule.ts";
import { Team, type ThreadSource } from "./threads/team.ts";
import type { KernelName, Kernels } from "./types.ts";

const MODULES = [
  { name: "wide", base64: WIDE },
  { name: "multiply-add", base64: MULTIPLY_ADD },
  { name: "simd", base64: SIMD },
] as const;

/** Pages of 64 KiB: one workspace to begin with, 4 GiB at most. */
const LIMITS = { initial: 64, maximum: 65536 };

/** What became of each set, for the log and the about page. */
export interface KernelReport {
  readonly chosen: KernelName;
  readonly candidates: readonly {
    readonly name: KernelName;
    /** Why it is out: this engine does not know its instructions, or they gave wrong results. */
    readonly refused?: string;
    /** 10⁹ floating-point operations a second in a small float64 product. */
    readonly gigaflops?: number;
  }[];
}

export interface LoadOptions {
  /** Only this set, if it passes (tests, benches). */
  readonly only?: KernelName;
  readonly onReport?: (report: KernelReport) => void;
}

/**
 * What was chosen on this machine before. The benchmark decides the last bits of every result, and a busy machine can turn it: so it is asked once, and whoever
 * comes later, a second worker or the next process, takes the same set.
 */
export interface KernelMemory {
  /** What is remembered for this engine on this processor and for this build of the kernels (a long text); it may be anything. */
  recall(build: string): string | undefined;
  /** Remembers a choice unless there is one, perhaps another thread's of a moment ago; returns the one that holds. */
  remember(build: string, chosen: KernelName): string;
}

let threads: ThreadSource | null = null;
let memory: KernelMemory | null = null;

/**
 * From now on kernels share large calls with helper threads, where this engine lets a WebAssembly memory be shared. To be called before the first
 * `loadKernels` of a thread that may block (a worker).
 */
export function useThreads(source: ThreadSource): void {
  threads = source;
  loaded.clear();
}

/** From now on the choice of a set outlives this thread. To be called before its first `loadKernels`. */
export function rememberKernels(kept: KernelMemory): void {
  memory = kept;
  loaded.clear();
}

interface Chosen {
  readonly kernels: Kernels;
  readonly report: KernelReport;
}

const loaded = new Map<KernelName | undefined, Chosen>();

/**
 * The fastest set of kernels that computes rightly here. A set is a candidate if this engine accepts its instructions and every kernel agrees with
 * its plain twin; among several a short benchmark decides, or what is remembered of an earlier one. Neither version nor platform is ever asked. Kept for the
 * life of the thread.
 */
export function loadKernels({ only, onReport }: LoadOptions = {}): Kernels {
  const known = loaded.get(only);
  const result = known ?? choose(only);
  loaded.set(only, result);
  onReport?.(result.report);
  return result.kernels;
}

/** The kernels of `loadKernels()`, if this thread has them already: choosing them takes about a tenth of a second. */
export function kernelsAtHand(): Kernels | undefined {
  return loaded.get(undefined)?.kernels;
}

function choose(only: KernelName | undefined): Chosen {
  if (only !== undefined || memory === null) return measured(only);
  const build = MODULES.map(({ base64 }) => base64).join("\n");
  const recalled = isCompiled(memory.recall(build));
  if (recalled !== undefined) {
    const again = measured(recalled);
    // It passed once; should it not any more, the others are asked, as on the first day.
    if (again.kernels.name === recalled) return again;
  }
  const first = measured(undefined);
  if (first.kernels.name === "plain") return first;
  const holds = isCompiled(memory.remember(build, first.kernels.name));
  if (holds === undefined || holds === first.kernels.name) return first;
  const theirs = measured(holds);
  return theirs.kernels.name === holds ? theirs : first;
}

function isCompiled(name: string | undefined): KernelName | undefined {
  return MODULES.find((module) => module.name === name)?.name;
}

/** The fastest of those that pass, or the one that is asked for; the plain set if none does. */
function measured(only: KernelName | undefined): Chosen {
  const plain = plainKernels();
  const candidates: { name: KernelName; refused?: string; gigaflops?: number }[] = [];
  const passed: Kernels[] = [];
  for (const { name, base64 } of MODULES) {
    if (only !== undefined && only !== name) continue;
    try {
      const kernels = compiledKernels(name, base64);
      const fault = kernels === undefined ? "this JavaScript engine lacks its instructions" : selfTest(kernels, plain);
      if (kernels === undefined || fault !== undefined) candidates.push({ name, refused: fault ?? "" });
      else {
        passed.push(kernels);
        candidates.push({ name });
      }
    } catch (error) {
      candidates.push({ name, refused: error instanceof Error ? error.message : String(error) });
    }
  }
  const speeds = passed.length > 1 ? benchmark(passed) : [];
  const best = clearlyFastest(speeds);
  for (const [index, gigaflops] of speeds.entries()) {
    const entry = candidates.find(({ name }) => name === passed[index]?.name);
    if (entry !== undefined) entry.gigaflops = gigaflops;
  }
  const kernels = passed[best] ?? plain;
  return { kernels, report: { chosen: kernels.name, candidates } };
}

function compiledKernels(name: Exclude<KernelName, "plain">, base64: string): Kernels | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  // Validation of the module itself is the probe: it fails exactly where one of its instructions is unknown.
  if (!WebAssembly.validate(bytes)) return undefined;
  if (threads === null || typeof SharedArrayBuffer === "undefined")
    return new CompiledKernels(name, new WebAssembly.Module(bytes), new WebAssembly.Memory(LIMITS));
  const module = new WebAssembly.Module(forSharedMemory(bytes));
  const memory = new WebAssembly.Memory({ ...LIMITS, shared: true });
  return new CompiledKernels(name, module, memory, new Team(threads, module, memory));
}
