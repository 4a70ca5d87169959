import type { Subject } from "./subject.ts";

/**
 * Tensors that are not the network itself but stand beside it in a training checkpoint: told by where they stand.
 * An average of the weights keeps the weights' own reading; an optimizer's state has none.
 */
type Placement = { readonly kind: "optimizer-state" | "ema"; readonly evidence: string };

const OPTIMIZER_PLACE =
  /^(optim(izers?)?|opt_state|optim(izers?)?_\w+|\w+_optimizer(_state(_dict)?)?|\.?optimizer_slot|adam(w|ax)?|rmsprop|nadam|adagrad|adadelta|sgd|lion|base_optimizer_state)(_\d+)?$/i;
const OPTIMIZER_LEAF =
  /^(exp_avg(_sq|_diff)?|max_exp_avg_sq|exp_inf|momentum_buffer|square_avg|grad_avg|acc_delta|single_partition_of_fp32_groups|fp32_flat_groups|exp_avg_sq_(row|col))$/;
const EMA_PLACE =
  /^(ema|ema_(model|params|state|state_dict|weights)|model_ema|state_dict_ema|net(work)?_ema|\w+_ema|shadow(_params)?|swa_model|averaged_model|params_ema)$/i;

/** Slots of TensorFlow 1 stand beside their variable: `dense/kernel/Adam`, `dense/kernel/ExponentialMovingAverage`. */
const TF1_SLOT = /^(Adam|Momentum|RMSProp|Adagrad|Adadelta|Ftrl|AdamW|LAMB|Nadam)(_\d+)?$/;

export function placementOf({ segments, leaf, framework, tensor }: Subject): Placement | undefined {
  if (tensor.use?.role === "optimizer-state") return { kind: "optimizer-state", evidence: tensor.use.evidence };
  if (tensor.use?.role === "ema") return { kind: "ema", evidence: tensor.use.evidence };
  // What is known to be something else is not placed by its name.
  if (tensor.use?.role !== undefined) return undefined;
  if (framework === "tensorflow" || framework === "keras") {
    if (TF1_SLOT.test(leaf)) return { kind: "optimizer-state", evidence: `slot ${leaf}` };
    if (/^beta[12]_power(_\d+)?$/.test(leaf)) return { kind: "optimizer-state", evidence: `named ${leaf}` };
    if (leaf === "ExponentialMovingAverage") return { kind: "ema", evidence: `named ${leaf}` };
  }
  if (OPTIMIZER_LEAF.test(leaf)) return { kind: "optimizer-state", evidence: `named ${leaf}` };
  for (const segment of segments.slice(0, -1)) {
    if (OPTIMIZER_PLACE.test(segment)) return { kind: "optimizer-state", evidence: `under ${segment}` };
    if (EMA_PLACE.test(segment)) return { kind: "ema", evidence: `under ${segment}` };
  }
  return undefined;
}
