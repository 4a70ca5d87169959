/**
 * The errors that a person may read. Each has a literal `code`, typed `details`, and a message that says
 * what is wrong, where (tensor, field, byte offset), and what to do.
 */
export type ErrorCode =
  | "cancelled"
  | "short-read"
  | "stale-source"
  | "source-missing"
  | "source-too-large"
  | "limit-exceeded"
  | "bad-format"
  | "unsupported"
  | "unknown-format"
  | "unknown-tensor"
  | "non-finite"
  | "bad-request"
  | "worker-lost"
  | "internal";

export interface ErrorDetails {
  /** Format id, e.g. "safetensors". */
  readonly format?: string;
  /** Field of the format, e.g. "header.data_offsets". */
  readonly field?: string;
  /** Byte offset in the file. */
  readonly offset?: number;
  readonly tensor?: string;
  readonly uri?: string;
  /** What the file would have done if it were executed, for files that are refused: one sentence each. */
  readonly security?: readonly string[];
  /** What the person can do about it: one sentence. */
  readonly remedy?: string;
}

export class ModeScopeError extends Error {
  override readonly name: string = "ModeScopeError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export class CancelledError extends ModeScopeError {
  override readonly name = "CancelledError";
  constructor(message = "Cancelled.") {
    super("cancelled", message);
  }
}

export class ShortReadError extends ModeScopeError {
  override readonly name = "ShortReadError";
  constructor(offset: number, wanted: number, got: number, uri?: string) {
    super(
      "short-read",
      `The file ends early: ${wanted} bytes were expected at offset ${offset}, but only ${got} are there.`,
      {
        offset,
        remedy: INCOMPLETE_REMEDY,
        ...(uri === undefined ? {} : { uri }),
      },
    );
  }
}

/** What to do about a file that ends too early: the commonest reason is a job that is still writing it. */
export const INCOMPLETE_REMEDY =
  "If a training job is still writing it, wait: an open view tries again when the file changes. Else copy or download it again.";

export class StaleSourceError extends ModeScopeError {
  override readonly name = "StaleSourceError";
  constructor(uri: string) {
    super("stale-source", "The file changed on disk while it was being read.", {
      uri,
      remedy: "Refresh to read the new version.",
    });
  }
}

export class LimitError extends ModeScopeError {
  override readonly name = "LimitError";
  constructor(message: string, details: ErrorDetails = {}) {
    super("limit-exceeded", message, details);
  }
}

/** The bytes are not what the format says they must be. */
export class FormatError extends ModeScopeError {
  override readonly name = "FormatError";
  constructor(message: string, details: ErrorDetails & { format: string }, options?: { cause?: unknown }) {
    super("bad-format", message, details, options);
  }
}

/** Valid, but of a kind that this version does not read. */
export class UnsupportedError extends ModeScopeError {
  override readonly name = "UnsupportedError";
  constructor(message: string, details: ErrorDetails = {}) {
    super("unsupported", message, details);
  }
}

/** How an error crosses a thread or process boundary. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export function serializeError(error: unknown): SerializedError {
  if (error instanceof ModeScopeError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof Error && error.name === "AbortError")
    return { code: "cancelled", message: "Cancelled.", details: {} };
  return { code: "internal", message: error instanceof Error ? error.message : String(error), details: {} };
}

export function deserializeError(error: SerializedError): ModeScopeError {
  return error.code === "cancelled"
    ? new CancelledError(error.message)
    : new ModeScopeError(error.code, error.message, error.details);
}

export function isCancelled(error: unknown): boolean {
  return error instanceof ModeScopeError && error.code === "cancelled";
}

/** One text for a notification or a terminal: what, where, remedy. */
export function describeError(error: SerializedError): string {
  const { tensor, field, offset, remedy, security = [] } = error.details;
  const where = [
    tensor === undefined ? "" : `tensor ${tensor}`,
    field === undefined ? "" : `field ${field}`,
    offset === undefined ? "" : `byte offset ${offset}`,
  ].filter((part) => part !== "");
  return [error.message, where.length > 0 ? `(${where.join(", ")})` : "", ...security, remedy ?? ""]
    .filter((part) => part !== "")
    .join(" ");
}
