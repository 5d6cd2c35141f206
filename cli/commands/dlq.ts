import { Command } from "commander";
import { dlqDiscard } from "./dlq-discard";
import { dlqList } from "./dlq-list";
import { dlqRedrive } from "./dlq-redrive";
import { dlqShow } from "./dlq-show";

/** `webhooks dlq ...` */
export function dlq(): Command {
  return new Command("dlq")
    .description("Inspects dead-lettered webhooks, of the inbox or of a consumer; redrives or discards them.")
    .addCommand(dlqList())
    .addCommand(dlqShow())
    .addCommand(dlqRedrive())
    .addCommand(dlqDiscard());
}
