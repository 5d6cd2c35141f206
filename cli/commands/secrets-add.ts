import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { SecretProblemError } from "../../functions/domain/secret-problem";
import type { StoredSecret } from "../../functions/domain/stored-secrets";
import type { SecretStore } from "../../inbox/secrets";
import { note, print } from "../../terminal/output";
import { readSecret } from "../../terminal/read-secret";
import { findSecrets, withSecretOptions, type SecretOptions } from "../options/secrets";
import { warningOf, withSecret } from "../../inbox/operations/secrets";

async function add(provider: string, options: SecretOptions): Promise<void> {
  const { store, scheme } = await findSecrets(provider, options);
  const before = await readUsable(store);
  const secret = await readSecret(`New secret of ${provider} (it is not shown): `);
  const after = withSecret(before, secret, scheme, Date.now());
  const warning = after[0] && warningOf(after[0]);
  await store.write(after);
  if (warning !== undefined) note(warning);
  print(options, { provider, index: 0, secrets: after.length, warning: warning ?? null }, () =>
    [
      pc.green(`Added to ${store.name} as number 0.`),
      ...(after.length > 1
        ? [`The others stay active. Retire one: webhooks secrets retire ${provider} 1 --in 24h`]
        : []),
    ].join("\n"),
  );
}

/** Reads the stored secrets; none if the stored text is invalid and is to be replaced. */
async function readUsable(store: SecretStore): Promise<readonly StoredSecret[]> {
  try {
    return await store.read();
  } catch (error) {
    if (!(error instanceof SecretProblemError)) throw error;
    note(`${error.message} It is replaced.`);
    return [];
  }
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
the latest five minutes later, and mostly from the first signature on that is made with it: enter it at the provider then. Quotes and white space around the secret are removed. A placeholder is rejected, and a secret of less than 16 characters is accepted with a warning.

Examples:
  webhooks secrets add stripe --stack prod
  op read op://webhooks/stripe/secret | webhooks secrets add stripe --stack prod`,
    );
  return withSecretOptions(command).action(add);
}
