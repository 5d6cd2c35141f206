import { Command } from "commander";
import { secretsAdd } from "./secrets-add";
import { secretsList } from "./secrets-list";
import { secretsRetire } from "./secrets-retire";

/** `webhooks secrets ...` */
export function secrets(): Command {
  return new Command("secrets")
    .description("The signing secrets of a provider: add a new one, let the old one expire.")
    .addCommand(secretsAdd())
    .addCommand(secretsList())
    .addCommand(secretsRetire());
}
