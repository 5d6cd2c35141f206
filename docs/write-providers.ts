import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { senders } from "../providers/senders";
import { providersPage } from "./providers-page";

writeFileSync(join(__dirname, "providers.md"), providersPage(Object.values(senders)));
