import { liveSecrets, type StoredSecret } from "../../functions/domain/stored-secrets";
import { coverage, schemes, signMessage, type Scheme } from "../../providers";
import { secretStore } from "../adapters/secret-store";
import { messageOf } from "../errors";
import { lengthClass } from "../secrets";
import type { StackProvider } from "../stack-outputs";
import { ok, problem, unknown, warning, type Check, type Finding, type Patient } from "./finding";

/** Characters below which a symmetric secret is worth a warning. */
const SHORT = 16;

/** Each provider's secret: there, readable, in the form that its scheme needs, in force, no placeholder, long enough. */
export const secrets: Check = {
  name: "secrets",
  examine: async (patient) => {
    if (patient.outputs.providers.length === 0) {
      return [
        warning(
          "providers",
          "none is configured",
          "Add one under `webhook-inbox:providers` in Pulumi.<stack>.yaml.",
        ),
      ];
    }
    return Promise.all(patient.outputs.providers.map((provider) => examineSecret(provider, patient)));
  },
};

async function examineSecret(provider: StackProvider, patient: Patient): Promise<Finding> {
  const what = `secret of ${provider.name}`;
  const scheme = schemes[provider.scheme];
  if (!scheme) {
    return problem(
      what,
      `this version knows no scheme ${provider.scheme}`,
      "Use the version that deployed the stack.",
    );
  }
  if (!provider.secret) {
    return coverage(scheme) === "unsigned"
      ? warning(
          what,
          "none: this provider signs nothing",
          "Whoever knows the address can send; see docs/providers.md.",
        )
      : problem(what, "none is configured", "Give the provider a `secret` in Pulumi.<stack>.yaml.");
  }
  const store = secretStore(provider.secret, patient);
  const add = `Store it: webhooks secrets add ${provider.name}`;
  let stored: readonly StoredSecret[];
  try {
    stored = await store.read();
  } catch (error) {
    const message = messageOf(error);
    if (/the provider is to tell it|the sender is to tell it/.test(message)) {
      return warning(
        what,
        "awaited: the provider tells it in its first handshake",
        "Register the endpoint with the provider.",
      );
    }
    return /^AccessDenied/.test(message)
      ? unknown(what, `cannot be read: ${message}`, "Use credentials that may read it.")
      : problem(what, message, add);
  }
  if (stored.length === 0) return problem(what, `missing: ${store.name} does not exist`, add);
  const live = liveSecrets(stored, Date.now());
  if (live.length === 0) return problem(what, "every one has expired", add);
  const unusable = scheme.verify.kind === "hmac" ? live.flatMap((secret) => unusableFor(scheme, secret)) : [];
  if (unusable[0] !== undefined) {
    return problem(what, `does not fit the scheme ${provider.scheme}: ${unusable[0]}`, add);
  }
  const short = live.find((secret) => secret.length < SHORT);
  if (short !== undefined && scheme.verify.kind === "hmac") {
    return warning(
      what,
      lengthClass(short),
      "Make a longer one at the provider; a short secret can be guessed.",
    );
  }
  return ok(what, live.length === 1 ? "in force" : `${live.length} in force`);
}

/** Why the scheme cannot make a key of a secret, if it cannot. */
function unusableFor(scheme: Scheme, secret: string): readonly string[] {
  try {
    signMessage(scheme, { body: Buffer.from("{}"), secret, now: Date.now(), url: "https://example.com/" });
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}
