import {
  ConfigurationError,
  coverage,
  keyRequest,
  verify,
  type Verdict,
  type WebhookRequest,
} from "../../providers";
import type { IngestPorts } from "./ingest-ports";
import type { Provider } from "./provider";
import { SecretProblemError } from "./secret-problem";

/** A verdict with the secrets and the fetched key on which it is based. */
export interface Verified {
  readonly verdict: Verdict;
  readonly secrets: readonly string[];
  readonly fetched: string | undefined;
}

/**
 * Verifies with the cached secrets and keys and, if none matches or one is malformed, once more with freshly read ones:
 * a secret that was rotated or fixed a second ago must not cost a webhook.
 * @throws SecretProblemError if there is no secret to verify with
 */
export async function verifyWithLiveSecrets(
  request: WebhookRequest,
  provider: Provider,
  ports: Pick<IngestPorts, "secrets" | "keys" | "now">,
): Promise<Verified> {
  const attempt = async () => {
    const secrets = await ports.secrets.get(provider.name);
    if (secrets.length === 0 && coverage(provider.scheme) !== "unsigned") {
      throw new SecretProblemError("secret_missing", `${provider.name} has no secret that has not expired`);
    }
    try {
      const wanted = keyRequest(provider.scheme, request, secrets);
      const fetched = wanted && (await ports.keys.fetch(wanted, provider.scheme.id));
      const verdict = verify(provider.scheme, request, secrets, ports.now(), fetched);
      return { verdict, wanted, secrets, fetched };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new SecretProblemError("secret_malformed", error.message, { cause: error });
    }
  };
  const first = await attempt().catch(asSecretProblem);
  if (first instanceof SecretProblemError) {
    if (first.reason === "secret_unreadable" || !(await ports.secrets.refresh(provider.name))) throw first;
    return attempt();
  }
  if (first.verdict.ok || first.verdict.reason !== "signature_mismatch") return first;
  const renewed = await Promise.all([
    ports.secrets.refresh(provider.name),
    first.wanted !== undefined && ports.keys.refresh(first.wanted, provider.scheme.id),
  ]);
  return renewed.includes(true) ? attempt() : first;
}

/** Returns a secret's problem as a value. @throws every other error */
export function asSecretProblem(error: unknown): SecretProblemError {
  if (error instanceof SecretProblemError) return error;
  throw error;
}
