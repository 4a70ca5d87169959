import { ARRAYS, isArrayName } from "./apart.ts";
import type { PanelContext } from "./contract.ts";

/**
 * A panel's questions with their answers, so that a page can show the panel without an engine behind it. `params` names what must be asked for the answer
 * to fit: every field that it has must be equal in the question, others are free.
 */
export interface RecordedAnswer {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}

export interface Recording {
  readonly context: PanelContext;
  readonly answers: readonly RecordedAnswer[];
}

/** A study's question as a panel asks it, with its finished answer. */
export function recordedStudy(
  study: string,
  parameters: Readonly<Record<string, unknown>>,
  result: unknown,
): RecordedAnswer[] {
  const run = `recorded ${study}`;
  const snapshot = { run, revision: 1, state: "finished", fraction: 1, result, error: null };
  return [
    { method: "study/start", params: { study, parameters }, result: { run } },
    { method: "study/snapshot", params: { run }, result: snapshot },
    { method: "study/cancel", params: { run }, result: null },
  ];
}

/** The first answer whose question this is. */
export function answerTo(recording: Recording, method: string, params: unknown): RecordedAnswer | undefined {
  return recording.answers.find((answer) => answer.method === method && fits(answer.params, params));
}

function fits(wanted: unknown, got: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(got) && wanted.length === got.length && wanted.every((one, at) => fits(one, got[at]));
  if (typeof wanted !== "object" || wanted === null) return Object.is(wanted, got);
  if (typeof got !== "object" || got === null) return false;
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(got, name) && fits(value, Reflect.get(got, name)),
  );
}

/** JSON with typed arrays as base64 of their bytes (little-endian) and numbers that JSON lacks by name: nothing is rounded. */
export function encodeRecording(recording: Recording): string {
  return JSON.stringify(recording, (_key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
    if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
    return { $array: value.constructor.name, bytes: toBase64(bytesOf(value)) };
  });
}

export function decodeRecording(text: string): Recording {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$number" in value) return Number(value.$number);
    if (!("$array" in value) || !("bytes" in value)) return value;
    const name = String(value.$array);
    const bytes = fromBase64(String(value.bytes));
    return isArrayName(name) ? new ARRAYS[name](bytes.buffer) : value;
  }) as Recording;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A multiple of three, so that pieces can be joined; far below what a call may take as arguments. */
const PIECE = 3 * 4096;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  return pieces.join("");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
