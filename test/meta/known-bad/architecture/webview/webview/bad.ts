import "../src/engine/target.ts";
import "../src/analysis/one/target.ts";
import "../src/extension/target.ts";
import "ml-matrix";
