import { ggufFormat } from "./gguf/index.ts";
import { hdf5Format } from "./hdf5/index.ts";
import { kerasFormat } from "./keras/index.ts";
import { matlab5Format } from "./matlab5/index.ts";
import { matlab73Format } from "./matlab73/index.ts";
import { npyFormat } from "./npy/index.ts";
import { npzFormat } from "./npz/index.ts";
import { onnxFormat } from "./onnx/index.ts";
import { pytorchFormat } from "./pytorch/index.ts";
import { pytorchLegacyFormat } from "./pytorch-legacy/index.ts";
import { safetensorsFormat } from "./safetensors/index.ts";
import { safetensorsIndexFormat } from "./safetensors-index/index.ts";
import { savedModelFormat } from "./saved-model/index.ts";
import { tableFormat } from "./table/index.ts";
import { tensorflowBundleFormat } from "./tensorflow-bundle/index.ts";
import { tfjsFormat } from "./tfjs/index.ts";
import type { Format } from "./types.ts";

/** All formats. Exactly one says yes to a valid file: a test holds each against the fixtures of all others. */
export const FORMATS: readonly Format[] = [
  safetensorsFormat,
  safetensorsIndexFormat,
  pytorchFormat,
  pytorchLegacyFormat,
  npyFormat,
  npzFormat,
  ggufFormat,
  onnxFormat,
  tensorflowBundleFormat,
  savedModelFormat,
  tfjsFormat,
  tableFormat,
  hdf5Format,
  kerasFormat,
  matlab5Format,
  matlab73Format,
];
