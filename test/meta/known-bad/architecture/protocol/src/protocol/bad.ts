import "../engine/target.ts";
import "../analysis/one/target.ts";
