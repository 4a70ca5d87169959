import "../platform/browser/target.ts";
import "../extension/target.ts";
import "../../webview/target.ts";
