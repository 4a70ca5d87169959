import "../engine/target.ts";
import "../formats/one/target.ts";
