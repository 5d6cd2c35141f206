import { Command } from "commander";
import { pc } from "../../local/colours";
import { print } from "../output";
import { readSecret } from "../read-secret";
import { findSecrets, withSecretOptions, type SecretOptions } from "../secret-options";
import { withSecret } from "../secrets";

async function add(provider: string, options: SecretOptions): Promise<void> {
  const { store, scheme } = await findSecrets(provider, options);
  const before = await store.read();
  const secret = await readSecret(`New secret of ${provider} (it is not shown): `);
  const after = withSecret(before, secret, scheme, Date.now());
  await store.write(after);
  print(options, { provider, index: 0, secrets: after.length }, () =>
    [
      pc.green(`Added to ${store.name} as number 0.`),
      ...(before.length > 0
        ? [`The others go on working. End one: webhooks secrets retire ${provider} 1 --in 24h`]
        : []),
    ].join("\n"),
  );
}

/** `webhooks secrets add <provider>` */
export function secretsAdd(): Command {
  const command = new Command("add")
    .description("Adds a signing secret, read from the keyboard without echo, or from standard input.")
    .argument("<provider>", "provider of the stack, such as stripe")
    .addHelpText(
      "after",
      `
The secret is never an argument: those end in the shell's history and in the list of processes. The inbox uses it at
the latest five minutes later; a signature by a new secret makes it look at once.

Examples:
  webhooks secrets add stripe --stack prod
  op read op://webhooks/stripe/secret | webhooks secrets add stripe --stack prod`,
    );
  return withSecretOptions(command).action(add);
}
