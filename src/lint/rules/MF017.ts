import type { LayerUse } from "../network/types.ts";
import type { ModuleValue } from "../python/values/types.ts";
import type { Rule } from "./types.ts";

/** An LSTM whose forget gate starts at ½ forgets within two steps. */
export const MF017: Rule = {
  id: "MF017",
  title: "LSTM that forgets at once",
  severity: "information",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) =>
      network.layers.flatMap(({ module, name, parameters }) =>
        forgets(module, parameters) && !network.loaded
          ? [
              {
                at: module.site,
                message: `${name} starts with a forget gate of σ(0) = ½: its cell forgets in τ = −1/ln ½ = 1.44 steps. To remember over T steps start the forget gate's bias at about ln(T − 1)${module.framework === "torch" ? " (the second quarter of bias_ih and bias_hh; they add up)" : ""}.`,
                assumptions: ["gates near their value for no input"],
              },
            ]
          : [],
      ),
    );
  },
};

function forgets({ type, detail, framework }: ModuleValue, parameters: LayerUse["parameters"]): boolean {
  if (type !== "recurrent") return false;
  if (framework === "keras") return detail === "lstm-forget-bias";
  if (framework === "flax") return detail === "lstm";
  // Whoever touches the biases has thought about them.
  return (
    detail === "lstm" &&
    [...parameters]
      .filter(([name]) => name.startsWith("bias"))
      .every(([, { law }]) => law.call === null && law.family === "uniform")
  );
}
