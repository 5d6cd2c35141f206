import { Command, InvalidArgumentError } from "commander";
import { pc } from "../../terminal/colours";
import { duration } from "../options/stack";
import { print } from "../../terminal/output";
import { findSecrets, withSecretOptions, type SecretOptions } from "../options/secrets";
import { withoutSecret } from "../../inbox/operations/secrets";

interface Options extends SecretOptions {
  readonly in?: number;
}

function indexOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give the index that `secrets list` shows.");
  return Number(text);
}

async function retire(provider: string, index: number, options: Options): Promise<void> {
  const { store } = await findSecrets(provider, options);
  const after = withoutSecret(await store.read(), index, options.in, Date.now());
  await store.write(after);
  const expiresAt = options.in === undefined ? null : (after[index]?.expiresAt ?? null);
  print(options, { provider, index, expiresAt, secrets: after.length }, () =>
    pc.green(
      expiresAt === null
        ? `Removed from ${store.name}. Running functions forget it within five minutes.`
        : `Number ${index} in ${store.name} is used until ${expiresAt}.`,
    ),
  );
}

/** `webhooks secrets retire <provider> <index>` */
export function secretsRetire(): Command {
  const command = new Command("retire")
    .description("Retires a signing secret: at once, or after a while.")
    .argument("<provider>", "provider of the stack, such as stripe")
    .argument("<index>", "index that `secrets list` shows", indexOf)
    .option("--in <duration>", "how long it stays active: 15m, 24h, 7d", duration)
    .addHelpText(
      "after",
      `
The last active secret cannot be retired: every webhook would be rejected.

Examples:
  webhooks secrets retire stripe 1 --in 24h --stack prod
  webhooks secrets retire stripe 1`,
    );
  return withSecretOptions(command).action(retire);
}
