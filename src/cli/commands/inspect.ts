import { EXIT } from "../exitCodes.ts";
import { globMatcher } from "../glob.ts";
import { toJson } from "../json.ts";
import { printFindings, withCheckpoint } from "../open.ts";
import type { CliOptions } from "../options.ts";
import { bytesText, textTable } from "../table.ts";

export async function inspect(file: string, options: CliOptions): Promise<number> {
  return withCheckpoint(
    file,
    options,
    () => {},
    async ({ summary, tensors }) => {
      const wanted = tensors.filter((tensor) => globMatcher(options.tensors)(tensor.name));
      if (options.json) {
        const { checkpoint: _handle, openMilliseconds: _time, ...facts } = summary;
        process.stdout.write(`${toJson({ schema: "modescope/inspect/1", ...facts, tensors: wanted })}\n`);
        return EXIT.ok;
      }
      const { totals } = summary;
      process.stdout.write(`${summary.name}: ${summary.formatTitle}, ${bytesText(summary.fileBytes)}\n`);
      process.stdout.write(
        `${totals.tensors} tensors, ${totals.parameters.toLocaleString("en")} parameters, ${totals.dtypes.map((row) => `${row.dtype} ${bytesText(row.bytes)}`).join(", ")}\n\n`,
      );
      process.stdout.write(
        `${textTable(
          ["tensor", "shape", "dtype", "role", "parts"],
          wanted.map((tensor) => [
            tensor.name,
            tensor.shape.join("×"),
            tensor.dtype,
            tensor.role,
            tensor.parts.map((part) => part.label).join(" "),
          ]),
          new Set([1]),
        )}\n`,
      );
      printFindings(summary);
      return EXIT.ok;
    },
  );
}
