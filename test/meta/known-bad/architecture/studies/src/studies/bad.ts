import "../engine/target.ts";
import "../protocol/target.ts";
