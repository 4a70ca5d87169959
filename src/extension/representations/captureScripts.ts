/** Frameworks that a capture script can be written for. */
export type Framework = "PyTorch" | "Keras" | "JAX (Flax)";
export const FRAMEWORKS: readonly Framework[] = ["PyTorch", "Keras", "JAX (Flax)"];

/** The file that a script saves, in the folder in which it is run. */
export const ACTIVATIONS_FILE = "activations.npz";

const HEADER = (
  framework: string,
) => `"""Saves what the layers of a ${framework} model answer to your items, for ModeScope.

Fill in the two places marked EDIT, then run this file where your model runs.
It writes ${ACTIVATIONS_FILE}: one array a layer, items x features.
"""
`;

const SAVE = `
# Name the items in labels.json beside it: {"items": ["first", "second", ...]}
np.savez("${ACTIVATIONS_FILE}", **layers)
for name, values in layers.items():
    print(f"{name}: {values.shape[0]} items x {values.shape[1]} features")
`;

/** Positions are averaged so that a convolutional layer of a large image stays small; the channel's axis is the framework's. */
const BODIES: Readonly<Record<Framework, string>> = {
  PyTorch: `import numpy as np
import torch

# EDIT 1: your model, with its weights.
# from my_project import MyModel
# model = MyModel()
# model.load_state_dict(torch.load("checkpoint.pt", map_location="cpu", weights_only=True))
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))

# EDIT 2: your items, the first axis runs over them.
items = torch.randn(20, 4)

model.eval()
layers = {}


def keep(name):
    def hook(module, inputs, output):
        if isinstance(output, (tuple, list)):
            output = output[0]
        if torch.is_tensor(output) and output.dim() > 1 and output.shape[0] == len(items):
            # Channels stand second: what follows them is averaged. Leave this line out to keep every position.
            output = output.flatten(2).mean(2) if output.dim() > 2 else output
            layers[name] = output.detach().float().cpu().numpy()

    return hook


for name, module in model.named_modules():
    if name and not list(module.children()):
        module.register_forward_hook(keep(name))
with torch.no_grad():
    model(items)
`,
  Keras: `import keras
import numpy as np

# EDIT 1: your model, with its weights.
# model = keras.saving.load_model("model.keras")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3)])

# EDIT 2: your items, the first axis runs over them.
items = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")

inner = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
answers = keras.Model(model.inputs, [layer.output for layer in inner]).predict(items, verbose=0)
answers = answers if isinstance(answers, list) else [answers]
layers = {}
for layer, output in zip(inner, answers):
    output = np.asarray(output)
    if output.ndim > 1 and output.shape[0] == len(items):
        # Channels stand last: the axes before them are averaged. Leave this line out to keep every position.
        output = output.mean(axis=tuple(range(1, output.ndim - 1))) if output.ndim > 2 else output
        layers[layer.name] = output.astype("float32")
`,
  "JAX (Flax)": `import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


# EDIT 1: your module, and its parameters.
class Model(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(3)(nn.relu(nn.Dense(8)(x)))


model = Model()

# EDIT 2: your items, the first axis runs over them.
items = jnp.asarray(np.random.default_rng(0).normal(size=(20, 4)))
variables = model.init(jax.random.key(0), items)

_, state = model.apply(variables, items, capture_intermediates=True, mutable=["intermediates"])
layers = {}
for path, output in jax.tree_util.tree_flatten_with_path(state["intermediates"])[0]:
    output = np.asarray(output)
    if output.ndim > 1 and output.shape[0] == len(items):
        # Channels stand last: the axes before them are averaged. Leave this line out to keep every position.
        output = output.mean(axis=tuple(range(1, output.ndim - 1))) if output.ndim > 2 else output
        name = ".".join(str(key.key) for key in path if hasattr(key, "key") and key.key != "__call__")
        layers[name or "output"] = output.astype("float32")
`,
};

/** A script that a person completes and runs: readable, and it runs as it is on a toy model. */
export function captureScript(framework: Framework): string {
  return `${HEADER(framework)}\n${BODIES[framework]}${SAVE}`;
}
