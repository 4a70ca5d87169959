import type { ParameterValues, TargetRef } from "../analysis/types.ts";
import type { TensorReading } from "../base/tensor.ts";
import type { SourceMethods } from "../protocol/contract.ts";
import type { StudyInput } from "../studies/types.ts";
import type { TaskMemory } from "./memory.ts";

/** What the engine asks of a worker: one target of one analysis. The worker reads the bytes itself; only the result travels. */
export interface Task extends TaskSource, TaskMemory {
  readonly analysis: string;
  readonly target: TargetRef;
  readonly parameters: ParameterValues;
  /** SHA-256 of the target's values, if an answer about this version brought it along: no other worker hashes them again. */
  readonly valuesHash: string | null;
  /** The checkpoint to compare with and its version when the engine opened it; null for none. */
  readonly reference: TaskSource | null;
}

/** A study as a worker gets it: the files are opened there, by their newest version. */
export interface StudyTask extends TaskMemory {
  readonly study: string;
  readonly files: readonly StudyInput[];
  readonly parameters: unknown;
  readonly readings: readonly TensorReading[];
}

export type WorkerTask = Task | StudyTask;

export interface TaskSource {
  readonly uri: string;
  /** The checkpoint's version when the engine opened it; another one now is a StaleSourceError. */
  readonly version: string;
  /** What a person said about its tensors: part of the version. */
  readonly readings: readonly TensorReading[];
}

/** Words of the flag that a worker's task shares with the pool: whether to stop, and how many threads it may use just now, its own included. */
export const TASK_FLAG = { cancel: 0, threads: 1, length: 2 } as const;

export interface WorkerMethods {
  "task/run": { params: { task: Task; flag: Int32Array<SharedArrayBuffer> | null }; result: TaskResult };
  "study/run": { params: { task: StudyTask; flag: Int32Array<SharedArrayBuffer> | null }; result: TaskResult };
}

/** What a worker announces while it works: how far its one task is, 0 … 1. */
export interface WorkerEvents {
  "task/progress": { fraction: number };
  /** What a study knows so far; of an immutable one those fields alone that are others than before. */
  "task/partial": { fraction: number; partial: unknown };
}

/** What the engine announces to its workers: nobody has this file open any more, so its handles may go. */
export interface WorkerHostEvents {
  "checkpoint/forget": { uri: string };
}

export interface TaskResult {
  /** Of an immutable study those fields that it had not published before. */
  readonly result: unknown;
  readonly fromCache: boolean;
  /** Null where the values were not hashed. */
  readonly valuesHash: string | null;
}

/** What a worker asks of the engine. */
export interface WorkerHostMethods extends SourceMethods {
  "cache/get": { params: { key: string }; result: Uint8Array<ArrayBuffer> | null };
  "cache/put": { params: { key: string; bytes: Uint8Array<ArrayBuffer> }; result: null };
}
