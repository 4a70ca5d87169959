type View = Exclude<ArrayBufferView, DataView>;

/** Largest element size of a typed array: every view starts at a multiple of it. */
const ALIGNMENT = 8;

/**
 * The same message with all its typed arrays in one buffer. The editor sends a message's buffers as arguments of a remote call, and counts those in
 * one byte: with more than some 250 buffers it loses the rest, and the page gets empty arrays in their places. Views of one buffer count once.
 */
export function intoOneBuffer(message: unknown): unknown {
  const views = new Map<View, number>();
  let bytes = 0;
  collect(message, (view) => {
    if (views.has(view)) return;
    views.set(view, bytes);
    bytes += Math.ceil(view.byteLength / ALIGNMENT) * ALIGNMENT;
  });
  if (views.size < 2) return message;
  const buffer = new ArrayBuffer(bytes);
  const moved = new Map<View, unknown>();
  for (const [view, offset] of views) {
    new Uint8Array(buffer, offset, view.byteLength).set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    moved.set(view, viewOf(view, buffer, offset));
  }
  return replace(message, moved);
}

function isView(value: unknown): value is View {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function collect(value: unknown, found: (view: View) => void): void {
  if (isView(value)) found(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (isPlain(value)) for (const item of Object.values(value)) collect(item, found);
}

function replace(value: unknown, moved: ReadonlyMap<View, unknown>): unknown {
  if (isView(value)) return moved.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => replace(item, moved));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, moved)]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer);
}

function viewOf(view: View, buffer: ArrayBuffer, offset: number): View {
  if (view instanceof Float64Array) return new Float64Array(buffer, offset, view.length);
  if (view instanceof Float32Array) return new Float32Array(buffer, offset, view.length);
  if (view instanceof Int32Array) return new Int32Array(buffer, offset, view.length);
  if (view instanceof Uint32Array) return new Uint32Array(buffer, offset, view.length);
  if (view instanceof Int16Array) return new Int16Array(buffer, offset, view.length);
  if (view instanceof Uint16Array) return new Uint16Array(buffer, offset, view.length);
  if (view instanceof Int8Array) return new Int8Array(buffer, offset, view.length);
  if (view instanceof Uint8ClampedArray) return new Uint8ClampedArray(buffer, offset, view.length);
  if (view instanceof BigInt64Array) return new BigInt64Array(buffer, offset, view.length);
  if (view instanceof BigUint64Array) return new BigUint64Array(buffer, offset, view.length);
  return new Uint8Array(buffer, offset, view.byteLength);
}
