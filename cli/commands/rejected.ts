import { Command } from "commander";
import { rejectedList } from "./rejected-list";
import { rejectedRelease } from "./rejected-release";
import { rejectedShow } from "./rejected-show";

/** `webhooks rejected ...` */
export function rejected(): Command {
  return new Command("rejected")
    .description(
      "Requests whose signature was refused: look at them, and let them in once a secret is mended.",
    )
    .addCommand(rejectedList())
    .addCommand(rejectedShow())
    .addCommand(rejectedRelease());
}
