import { deepspeedFormat } from "./deepspeed/index.ts";
import { flaxFormat } from "./flax/index.ts";
import { ggufFormat } from "./gguf/index.ts";
import { hdf5Format } from "./hdf5/index.ts";
import { kerasFormat } from "./keras/index.ts";
import { matlab5Format } from "./matlab5/index.ts";
import { matlab73Format } from "./matlab73/index.ts";
import { npyFormat } from "./npy/index.ts";
import { npzFormat } from "./npz/index.ts";
import { onnxFormat } from "./onnx/index.ts";
import { orbaxFormat } from "./orbax/index.ts";
import { pytorchFormat } from "./pytorch/index.ts";
import { pytorchIndexFormat } from "./pytorch-index/index.ts";
import { pytorchLegacyFormat } from "./pytorch-legacy/index.ts";
import { pytorchTarFormat } from "./pytorch-tar/index.ts";
import { safetensorsFormat } from "./safetensors/index.ts";
import { safetensorsIndexFormat } from "./safetensors-index/index.ts";
import { savedModelFormat } from "./saved-model/index.ts";
import { tableFormat } from "./table/index.ts";
import { tensorflowBundleFormat } from "./tensorflow-bundle/index.ts";
import { tfjsFormat } from "./tfjs/index.ts";
import { torchDistributedFormat } from "./torch-distributed/index.ts";
import { torchscriptFormat } from "./torchscript/index.ts";
import type { Format } from "./types.ts";
import { zarrFormat } from "./zarr/index.ts";

/**
 * All formats. Exactly one says yes to a valid file: a test holds each against the fixtures of all others.
 * The order matters for folders alone: of a model kept in several formats the first one opens.
 */
export const FORMATS: readonly Format[] = [
  safetensorsIndexFormat,
  safetensorsFormat,
  pytorchIndexFormat,
  pytorchFormat,
  pytorchLegacyFormat,
  pytorchTarFormat,
  torchscriptFormat,
  torchDistributedFormat,
  deepspeedFormat,
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
  flaxFormat,
  orbaxFormat,
  zarrFormat,
];
