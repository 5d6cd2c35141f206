import { topLevelAliases } from "./components/top-level-aliases";
import { WebhookInbox } from "./components/webhook-inbox";
import { loadConfig } from "./config";

const inbox = new WebhookInbox("inbox", loadConfig(), { transformations: [topLevelAliases] });

export = inbox.outputs;
