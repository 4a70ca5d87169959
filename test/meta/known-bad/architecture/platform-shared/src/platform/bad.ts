import "../extension/target.ts";
import "node:fs";
