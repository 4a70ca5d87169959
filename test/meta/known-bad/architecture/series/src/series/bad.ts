import "../analysis/one/target.ts";
import "../engine/target.ts";
