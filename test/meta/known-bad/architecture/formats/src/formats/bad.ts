import "../numerics/target.ts";
import "../analysis/target.ts";
import "node:zlib";
