import { Command } from "commander";
import { dlqList } from "./dlq-list";
import { dlqRedrive } from "./dlq-redrive";
import { dlqShow } from "./dlq-show";

/** `webhooks dlq ...` */
export function dlq(): Command {
  return new Command("dlq")
    .description("Webhooks that could not be processed: look at them, and send them back.")
    .addCommand(dlqList())
    .addCommand(dlqShow())
    .addCommand(dlqRedrive());
}
