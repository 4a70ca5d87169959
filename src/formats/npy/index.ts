import { FormatError, ModeScopeError } from "../../base/errors.ts";
import { isNpy, npyDataBytes, readNpyHeader } from "../_shared/npyHeader.ts";
import { readNpyValues } from "../_shared/npyValues.ts";
import type { Checkpoint, Format } from "../types.ts";

export const npyFormat: Format = {
  manifest: { id: "npy", title: "NumPy array", extensions: [".npy"] },
  sniff: ({ head }) => isNpy(head),
  async open(source, context): Promise<Checkpoint> {
    const header = await readNpyHeader(source, context.signal);
    const bytes = npyDataBytes(header);
    if (header.dataOffset + bytes > source.size) {
      throw new FormatError(
        `The array needs ${bytes} bytes, but the file has ${source.size - header.dataOffset} behind its header.`,
        {
          format: "npy",
          field: "shape",
          offset: header.dataOffset,
          remedy: "The file is cut off: copy or save it again.",
        },
      );
    }
    const name = arrayName(source.uri);
    let bytesRead = header.dataOffset;
    return {
      format: "npy",
      framework: "numpy",
      tensors: [
        {
          name,
          shape: header.shape,
          dtype: header.dtype,
          elements: header.elements,
          storedBytes: bytes,
          ...(header.fortranOrder ? {} : { byteRange: { file: source.uri, offset: header.dataOffset, length: bytes } }),
        },
      ],
      metadata: { order: header.fortranOrder ? "column-major" : "row-major" },
      findings: [],
      skipped: [],
      version: source.version,
      bytesRead: () => bytesRead,
      async read(tensor, start, count, signal) {
        if (tensor !== name)
          throw new ModeScopeError("unknown-tensor", `There is no tensor ${tensor} in this file.`, { tensor });
        if (start < 0 || count < 0 || start + count > header.elements)
          throw new ModeScopeError("bad-request", `${name} has ${header.elements} elements.`, { tensor });
        return readNpyValues(
          header,
          async (offset, length) => {
            bytesRead += length;
            return source.read(header.dataOffset + offset, length, signal);
          },
          start,
          count,
        );
      },
      close: () => source.close(),
    };
  },
};

/** An array has no name of its own: the file's, without its suffix. */
function arrayName(uri: string): string {
  const last = uri.slice(uri.lastIndexOf("/") + 1).replace(/\.npy$/i, "");
  return last === "" ? "array" : last;
}
