import { Command } from "commander";
import { rejectedList } from "./rejected-list";
import { rejectedRelease } from "./rejected-release";
import { rejectedShow } from "./rejected-show";

/** `webhooks rejected ...` */
export function rejected(): Command {
  return new Command("rejected")
    .description(
      "Inspects requests that failed signature verification, and releases them once the secret is fixed.",
    )
    .addCommand(rejectedList())
    .addCommand(rejectedShow())
    .addCommand(rejectedRelease());
}
