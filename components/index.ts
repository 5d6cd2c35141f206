export { eventSource } from "./event-bus";
export { WebhookInbox } from "./webhook-inbox";
export type { WebhookInboxOutputs } from "./outputs";
export type {
  ProviderArgs,
  SecretRef,
  SecretsManagerRef,
  SsmSecretRef,
  Throttle,
  WebhookInboxArgs,
} from "../config";
