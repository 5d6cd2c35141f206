import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { print } from "../../terminal/output";
import { findSecrets, withSecretOptions, type SecretOptions } from "../options/secrets";
import { describeSecrets } from "../../inbox/operations/secrets";

async function list(provider: string, options: SecretOptions): Promise<void> {
  const { store } = await findSecrets(provider, options);
  const secrets = describeSecrets(await store.read(), Date.now());
  print(options, { provider, secrets }, () => {
    if (secrets.length === 0)
      return `No secret yet in ${store.name}. Add one: webhooks secrets add ${provider}`;
    const rows = secrets.map(({ index, length, addedAt, expiresAt, live }) => [
      String(index),
      length,
      addedAt ?? "unknown",
      live ? (expiresAt ?? "never") : pc.red(`${expiresAt} (expired)`),
    ]);
    return table(["INDEX", "CHARACTERS", "ADDED", "EXPIRES"], rows);
  });
}

/** `webhooks secrets list <provider>` */
export function secretsList(): Command {
  const command = new Command("list")
    .description(
      "Lists a provider's signing secrets, newest first: how long, since when, until when. Never the secrets.",
    )
    .argument("<provider>", "provider of the stack, such as stripe")
    .addHelpText(
      "after",
      `
Examples:
  webhooks secrets list stripe
  webhooks secrets list stripe --stack prod --json`,
    );
  return withSecretOptions(command).action(list);
}
