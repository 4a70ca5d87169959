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

export function placementOf({ segments, leaf }: Subject): Placement | undefined {
  if (OPTIMIZER_LEAF.test(leaf)) return { kind: "optimizer-state", evidence: `named ${leaf}` };
  for (const segment of segments.slice(0, -1)) {
    if (OPTIMIZER_PLACE.test(segment)) return { kind: "optimizer-state", evidence: `under ${segment}` };
    if (EMA_PLACE.test(segment)) return { kind: "ema", evidence: `under ${segment}` };
  }
  return undefined;
}
