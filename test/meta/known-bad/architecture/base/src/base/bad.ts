import "../numerics/target.ts";
import "fflate";
