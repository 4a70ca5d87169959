import type { Frame } from "./frames.ts";

/** Whether an untrusted value is a frame. What a method's params must be is checked by the method's own handler. */
export function isFrame(value: unknown): value is Frame {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case "hello":
      return typeof value.protocol === "number" && typeof value.role === "string";
    case "req":
      return Number.isSafeInteger(value.id) && typeof value.method === "string";
    case "res":
      return Number.isSafeInteger(value.id) && (value.ok === true || (value.ok === false && isRecord(value.error)));
    case "cancel":
      return Number.isSafeInteger(value.id);
    case "evt":
      return typeof value.event === "string";
    default:
      return false;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
