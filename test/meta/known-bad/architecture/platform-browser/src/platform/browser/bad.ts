import "../node/target.ts";
import "node:fs";
