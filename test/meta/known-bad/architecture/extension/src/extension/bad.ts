import "../formats/one/target.ts";
import "../numerics/target.ts";
import "node:fs";
