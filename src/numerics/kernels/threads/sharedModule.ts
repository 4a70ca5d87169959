const IMPORT_SECTION = 2;
const KIND_MEMORY = 2;
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * The same module for a shared memory: in its binary the two differ by one bit in the limits of the imported memory (WebAssembly core specification,
 * binary format of limits, with threads). Every import of our modules is that memory.
 */
export function forSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(binary);
  let at = 8;
  const number = (): number => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = number() + at;
    if (id === IMPORT_SECTION) {
      number();
      for (let names = 0; names < 2; names++) {
        const length = number();
        at += length;
      }
      if (bytes[at++] === KIND_MEMORY && bytes[at] === HAS_MAXIMUM) bytes[at] = HAS_MAXIMUM | SHARED;
      return bytes;
    }
    at = end;
  }
  return bytes;
}
