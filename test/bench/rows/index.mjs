// All rows, in the order in which they run and are reported.
import { accuracy } from "./accuracy.mjs";
import { checkpoint } from "./checkpoint.mjs";
import { convert } from "./convert.mjs";
import { density } from "./density.mjs";
import { opening } from "./opening.mjs";
import { topk } from "./topk.mjs";
import { values } from "./values.mjs";
import { vectors } from "./vectors.mjs";

export const ROWS = [values, vectors, topk, density, convert, checkpoint, opening, accuracy];
