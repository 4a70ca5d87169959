/** Initializations as people write them, each with where to move it and the lines that must be there then. */
export interface Spelling {
  readonly name: string;
  readonly source: string;
  readonly model: string;
  readonly sigmaW: number;
  readonly sigmaB: number;
  readonly layers?: readonly number[];
  /** Lines that the edit adds or changes, without their indentation. */
  readonly lines: readonly string[];
  readonly also?: readonly string[];
}

const KERAS = "import keras\nfrom keras import layers\n\n";
const FLAX = "import flax.linen as nn\n\n\nclass MLP(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n";

/** Keras and Flax: the initializer is an argument of the layer. */
export const KEYWORDS: readonly Spelling[] = [
  {
    name: "Keras: defaults, a name, and a call over several lines",
    source: `${KERAS}model = keras.Sequential([\n    layers.Input((784,)),\n    layers.Dense(256, activation="relu"),\n    layers.Dense(256, activation="relu", kernel_initializer="he_normal"),\n    layers.Dense(\n        10,\n        activation="relu",\n    ),\n])\n`,
    model: "Sequential",
    sigmaW: 1.3,
    sigmaB: 0,
    lines: [
      'layers.Dense(256, activation="relu", kernel_initializer=keras.initializers.VarianceScaling(scale=1.69, mode="fan_in", distribution="uniform")),',
      'layers.Dense(256, activation="relu", kernel_initializer=keras.initializers.VarianceScaling(scale=1.69, mode="fan_in", distribution="truncated_normal")),',
      'kernel_initializer=keras.initializers.VarianceScaling(scale=1.69, mode="fan_in", distribution="uniform"),',
    ],
  },
  {
    name: "Keras below TensorFlow: names of laws, and an import for what has none",
    source:
      "from tensorflow.keras import layers, Sequential\n\nmodel = Sequential([\n    layers.Dense(256, activation='relu', input_dim=784),\n    layers.Dense(10),\n])\n",
    model: "Sequential",
    sigmaW: Math.SQRT2,
    sigmaB: 0.1,
    lines: [
      "from tensorflow.keras import initializers",
      "layers.Dense(256, activation='relu', input_dim=784, kernel_initializer='he_uniform', bias_initializer=initializers.RandomNormal(stddev=0.1)),",
      "layers.Dense(10, kernel_initializer='he_uniform', bias_initializer=initializers.RandomNormal(stddev=0.1)),",
    ],
  },
  {
    name: "Keras: initializers as objects, one for two layers",
    source: `${KERAS}init = keras.initializers.RandomNormal(stddev=0.05)\nmodel = keras.Sequential([\n    layers.Input((256,)),\n    layers.Dense(256, activation="relu", kernel_initializer=init),\n    layers.Dense(256, activation="relu", kernel_initializer=keras.initializers.VarianceScaling(2.0)),\n    layers.Dense(256, kernel_initializer=init),\n])\n`,
    model: "Sequential",
    sigmaW: 1.2,
    sigmaB: 0,
    lines: [
      "init = keras.initializers.RandomNormal(stddev=0.075)",
      'layers.Dense(256, activation="relu", kernel_initializer=keras.initializers.VarianceScaling(1.44)),',
    ],
  },
  {
    name: "Keras: convolutions of the functional style",
    source: `${KERAS}inputs = keras.Input((32, 32, 3))\nx = layers.Conv2D(16, 3, activation="relu")(inputs)\nx = layers.Conv2D(32, 3, activation="relu", bias_initializer="ones")(x)\nmodel = keras.Model(inputs, x)\n`,
    model: "Model",
    sigmaW: 1,
    sigmaB: 0,
    lines: [
      'x = layers.Conv2D(16, 3, activation="relu", kernel_initializer="lecun_uniform")(inputs)',
      'x = layers.Conv2D(32, 3, activation="relu", bias_initializer="zeros", kernel_initializer="lecun_uniform")(x)',
    ],
  },
  {
    name: "Flax: defaults, an initializer without arguments, and one with",
    source: `${FLAX}        x = nn.relu(nn.Dense(256)(x))\n        x = nn.relu(nn.Dense(256, kernel_init=nn.initializers.he_normal())(x))\n        x = nn.relu(nn.Dense(256, kernel_init=nn.initializers.variance_scaling(1.0, "fan_in", "normal"))(x))\n        return nn.Dense(10, bias_init=nn.initializers.zeros)(x)\n`,
    model: "MLP",
    sigmaW: 1.3,
    sigmaB: 0,
    lines: [
      'x = nn.relu(nn.Dense(256, kernel_init=nn.initializers.variance_scaling(1.69, "fan_in", "truncated_normal"))(x))',
      'x = nn.relu(nn.Dense(256, kernel_init=nn.initializers.variance_scaling(1.69, "fan_in", "truncated_normal"))(x))',
      'x = nn.relu(nn.Dense(256, kernel_init=nn.initializers.variance_scaling(1.69, "fan_in", "normal"))(x))',
      'return nn.Dense(10, bias_init=nn.initializers.zeros, kernel_init=nn.initializers.variance_scaling(1.69, "fan_in", "truncated_normal"))(x)',
    ],
  },
  {
    name: "Flax: biases that are drawn, with JAX's own module",
    source: `from flax import linen as nn\nfrom jax.nn import initializers\nimport jax.numpy as jnp\n\n\nclass MLP(nn.Module):\n    width: int = 128\n\n    def setup(self):\n        self.a = nn.Dense(self.width, kernel_init=initializers.orthogonal(1.4))\n        self.b = nn.Dense(self.width, kernel_init=initializers.normal(0.02), bias_init=initializers.normal(0.5))\n\n    def __call__(self, x):\n        return jnp.tanh(self.b(jnp.tanh(self.a(x))))\n`,
    model: "MLP",
    sigmaW: 1.6,
    sigmaB: 0.25,
    layers: [1],
    lines: [
      "self.b = nn.Dense(self.width, kernel_init=initializers.normal(0.141421), bias_init=initializers.normal(0.25))",
    ],
  },
];
