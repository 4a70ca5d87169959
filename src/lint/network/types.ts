import type { Place } from "../python/syntax/types.ts";
import type { Quantity } from "../python/values/quantity.ts";
import type { Framework, GraphNode, Law, ModuleValue, ObjectValue, ParameterValue } from "../python/values/types.ts";

/** What a layer's output meets first, past reshapes, pooling, dropout and scaling. */
export interface Neighbour {
  readonly kind:
    | "activation"
    | "norm"
    | "layer"
    | "add"
    | "concat"
    | "product"
    | "matmul"
    | "softmax"
    | "unknown"
    | "input"
    | "output";
  readonly node: GraphNode | null;
  /** The activation's id. */
  readonly activation: string | null;
}

/** A layer with weights at one place of the network. */
export interface LayerUse {
  readonly node: GraphNode;
  readonly module: ModuleValue;
  /** "blocks.0.fc1", as PyTorch would name it; the words of the call where nothing names it. */
  readonly name: string;
  readonly law: Law;
  /** Null: it has no bias. */
  readonly bias: Law | null;
  /** All parameters of the module with their laws at the time when the network was made: later branches undo them. */
  readonly parameters: ReadonlyMap<string, { readonly parameter: ParameterValue; readonly law: Law }>;
  /** What one unit really sums over. */
  readonly fanIn: Quantity | null;
  readonly fanOut: Quantity | null;
  /** fan_in·Var(W), Var(b); null: cannot tell. */
  readonly sigmaW2: Quantity | null;
  readonly sigmaB2: Quantity | null;
  readonly before: Neighbour;
  readonly after: readonly Neighbour[];
  /** How often it stands there, one behind the other; null: unknown. */
  readonly repeat: Quantity | null;
}

/** One layer of a chain, with what stands between it and the layer before. */
export interface ChainLink {
  readonly use: LayerUse;
  /** Activation that its input came through; "linear" for none. */
  readonly activation: string;
  readonly activationNode: GraphNode | null;
  /** Share that dropout keeps on the way, and the square of what scales it. */
  readonly keep: number;
  readonly scale: number;
}

export interface NetworkModel {
  readonly name: string;
  /** "class": with its default arguments; "instance": as the source makes it. */
  readonly kind: "class" | "instance" | "sequential" | "functional";
  /** Where a lens stands. */
  readonly site: Place;
  readonly framework: Framework;
  readonly root: ModuleValue | ObjectValue | null;
  /** From inputs to outputs. */
  readonly nodes: readonly GraphNode[];
  readonly consumers: ReadonlyMap<GraphNode, readonly GraphNode[]>;
  /** The layers by their nodes. */
  readonly uses: ReadonlyMap<GraphNode, LayerUse>;
  readonly outputs: readonly GraphNode[];
  readonly layers: readonly LayerUse[];
  readonly names: ReadonlyMap<ModuleValue | ObjectValue, string>;
  readonly norms: number;
  readonly skips: number;
  /** What could not be followed. */
  readonly unknowns: readonly string[];
  /** The layers from input to output where they are one chain without skips and norms; null where they are not. */
  readonly chain: readonly ChainLink[] | null;
  /** Its weights are overwritten by a checkpoint. */
  readonly loaded: boolean;
}
