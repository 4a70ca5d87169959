import "../formats/target.ts";
import "node:fs";
