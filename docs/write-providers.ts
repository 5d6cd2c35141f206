import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemes } from "../providers";
import { providersPage } from "./providers-page";

writeFileSync(join(__dirname, "providers.md"), providersPage(Object.values(schemes)));
