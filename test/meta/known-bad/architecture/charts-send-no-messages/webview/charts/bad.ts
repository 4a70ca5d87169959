import "../../src/protocol/peer.ts";
import "../shell/target.ts";
import "../panels/one/target.ts";
