import "../browser/target.ts";
import "../../extension/target.ts";
import "node:http";
