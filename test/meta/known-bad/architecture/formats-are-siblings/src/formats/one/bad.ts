import "../two/target.ts";
