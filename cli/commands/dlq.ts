import { Command } from "commander";
import { dlqList } from "./dlq-list";
import { dlqRedrive } from "./dlq-redrive";
import { dlqShow } from "./dlq-show";

/** `webhooks dlq ...` */
export function dlq(): Command {
  return new Command("dlq")
    .description("Inspects dead-lettered webhooks, and redrives them.")
    .addCommand(dlqList())
    .addCommand(dlqShow())
    .addCommand(dlqRedrive());
}
