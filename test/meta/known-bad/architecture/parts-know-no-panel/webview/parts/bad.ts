import "../panels/one/target.ts";
