import { MF001 } from "./MF001.ts";
import { MF002 } from "./MF002.ts";
import { MF003 } from "./MF003.ts";
import { MF004 } from "./MF004.ts";
import { MF005 } from "./MF005.ts";
import { MF006 } from "./MF006.ts";
import { MF007 } from "./MF007.ts";
import { MF008 } from "./MF008.ts";
import { MF009 } from "./MF009.ts";
import { MF010 } from "./MF010.ts";
import { MF011 } from "./MF011.ts";
import { MF012 } from "./MF012.ts";
import { MF013 } from "./MF013.ts";
import { MF014 } from "./MF014.ts";
import { MF015 } from "./MF015.ts";
import { MF016 } from "./MF016.ts";
import { MF017 } from "./MF017.ts";
import { MF018 } from "./MF018.ts";
import { MF019 } from "./MF019.ts";
import { MF020 } from "./MF020.ts";
import { MF021 } from "./MF021.ts";
import { MF022 } from "./MF022.ts";
import { MF023 } from "./MF023.ts";
import { MF024 } from "./MF024.ts";
import { MF025 } from "./MF025.ts";
import type { Rule } from "./types.ts";

/** Every rule. A new one is a file and a line here; its page is docs/rules/ID.md. */
export const RULES: readonly Rule[] = [
  MF001,
  MF002,
  MF003,
  MF004,
  MF005,
  MF006,
  MF007,
  MF008,
  MF009,
  MF010,
  MF011,
  MF012,
  MF013,
  MF014,
  MF015,
  MF016,
  MF017,
  MF018,
  MF019,
  MF020,
  MF021,
  MF022,
  MF023,
  MF024,
  MF025,
];
