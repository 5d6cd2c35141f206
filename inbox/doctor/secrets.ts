import { coverage, schemeOf } from "../../providers";
import { secretStore } from "../secrets";
import { issueOf, type SecretState } from "../secret-issues";
import type { StackProvider } from "../outputs";
import { ok, problem, unknown, warning, type Check, type Finding, type Patient } from "./finding";

/**
 * Checks each provider's secret: it exists, is readable, has the form that its scheme needs, is in force, is not a
 * placeholder, and is long enough.
 */
export const secrets: Check = {
  name: "secrets",
  async examine(patient) {
    const { providers } = patient.outputs;
    if (providers.length > 0)
      return Promise.all(providers.map((provider) => examineSecret(provider, patient)));
    const fix = "Add one under `webhook-inbox:providers` in Pulumi.<stack>.yaml.";
    return [warning("providers", "none is configured", fix)];
  },
};

async function examineSecret(
  { name, scheme: id, secret }: StackProvider,
  patient: Patient,
): Promise<Finding> {
  const what = `secret of ${name}`;
  const scheme = schemeOf(id);
  if (!scheme) {
    return problem(what, `this version knows no scheme ${id}`, "Use the version that deployed the stack.");
  }
  if (!secret) {
    return coverage(scheme) === "unsigned"
      ? warning(
          what,
          "none: this provider signs nothing",
          "Anyone who knows the address can send; see docs/providers.md.",
        )
      : problem(what, "none is configured", "Give the provider a `secret` in Pulumi.<stack>.yaml.");
  }
  const issue = await issueOf(name, id, secretStore(secret, patient.clients));
  return issue ? FINDINGS[issue.state](what, issue.detail, name) : ok(what, "in force");
}

type AsFinding = (what: string, detail: string, provider: string) => Finding;

const stored: AsFinding = (what, detail, provider) =>
  problem(what, detail, `Store it: webhooks secrets add ${provider}`);

const FINDINGS: Readonly<Record<SecretState, AsFinding>> = {
  missing: stored,
  malformed: stored,
  awaited: (what, detail) =>
    warning(what, detail, "Register the endpoint with the provider, which then sends the secret."),
  short: (what, detail) =>
    warning(what, detail, "Make a longer one at the provider: a short secret can be guessed."),
  unreadable: (what, detail) => unknown(what, detail, "Use credentials that may read it."),
};
