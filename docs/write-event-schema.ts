import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventJsonSchema } from "../consumer/json-schema";

const file = join(__dirname, "../consumer/event.schema.json");
writeFileSync(file, `${JSON.stringify(eventJsonSchema(), undefined, 2)}\n`);
