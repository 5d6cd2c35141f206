import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { everySender } from "../components/senders-module";

const folder = join(__dirname, "../providers/senders");
const ids = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
writeFileSync(join(folder, "index.ts"), everySender(ids.filter((id) => id !== "index")));
