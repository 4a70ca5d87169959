import * as ort from "onnxruntime-web/wasm";
import { ModeScopeError } from "../base/errors.ts";
import type { InferenceData, InferenceSession, InferenceTensor, OpenInference } from "../base/inference.ts";

/** Element types that go in and come out as plain numbers. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;
type PlainType = keyof typeof ARRAYS;

const isPlain = (type: string): type is PlainType => Object.hasOwn(ARRAYS, type);

/**
 * ONNX Runtime's WebAssembly build, in the thread that calls it: one thread, no files, no network. `readBinary` is asked once, when the first model is run.
 * A model that never ends is ended with its worker.
 */
export function onnxRuntime(readBinary: () => Promise<Uint8Array>): OpenInference {
  let ready: Promise<void> | null = null;
  const prepare = async () => {
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "fatal";
    const binary = await readBinary();
    ort.env.wasm.wasmBinary = new Uint8Array(binary).buffer;
  };
  return async (model, beside = []) => {
    ready ??= prepare();
    await ready;
    const externalData = beside.map(({ name, bytes }) => ({ path: name, data: bytes }));
    const options = { graphOptimizationLevel: "basic", externalData } as const;
    const session = await ort.InferenceSession.create(model, options).catch(explain);
    return {
      inputs: session.inputMetadata.map((input) => ({
        name: input.name,
        type: input.isTensor ? input.type : "no tensor",
        // Open sizes have a name, or are written as 0.
        shape: input.isTensor ? input.shape.map((size) => (typeof size === "number" && size > 0 ? size : null)) : [],
      })),
      outputs: session.outputNames,
      run: (feeds, outputs) => run(session, feeds, outputs),
      close: () => session.release(),
    } satisfies InferenceSession;
  };
}

async function run(
  session: ort.InferenceSession,
  feeds: Readonly<Record<string, InferenceTensor>>,
  outputs: readonly string[],
): Promise<ReadonlyMap<string, InferenceTensor>> {
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { type, dims, data }]) => {
      if (!isPlain(type)) throw new ModeScopeError("unsupported", `The input ${name} wants ${type}.`, { field: name });
      return [name, new ort.Tensor(type, data as never, dims)];
    }),
  );
  const found = await session.run(inputs, [...outputs]).catch(explain);
  const results = new Map<string, InferenceTensor>();
  for (const [name, tensor] of Object.entries(found)) {
    if (isPlain(tensor.type))
      results.set(name, { type: tensor.type, dims: tensor.dims, data: tensor.data as InferenceData });
    tensor.dispose();
  }
  return results;
}

/** The runtime's own words, without the paths of the machine that it was built on. */
function explain(error: unknown): never {
  const said = error instanceof Error ? error.message : String(error);
  const short = said.replace(/\S*\/onnxruntime\/\S+\s*/g, "").slice(0, 600);
  throw new ModeScopeError("unsupported", `The model cannot be run: ${short}`, {
    format: "onnx",
    remedy: "Check that the stimuli have the shape that the model expects, and that it uses standard operators only.",
  });
}
