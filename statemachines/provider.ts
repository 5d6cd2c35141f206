/** Part of a provider's configuration that the workflow needs. */
export interface ProviderInWorkflow {
  /**
   * Dotted path to the payload value by which webhooks are ordered, such as `data.object.customer`, or `entity` for the
   * value that the scheme defines.
   * @default webhooks are ordered per provider
   */
  readonly orderingKey?: string | undefined;
  /**
   * Whether an event is marked if it is older, by its provider's clock, than an earlier one in its group. That takes
   * two write units of DynamoDB per batch: negligible if a group is a whole provider, but as much as the webhook itself
   * if batches have a single webhook.
   * @default true without an ordering key, false with one
   */
  readonly markOutOfOrder?: boolean | undefined;
  /** JSONata over the CloudEvent; webhooks for which it is not true are not published. */
  readonly filter?: string | undefined;
  /** JSONata over the CloudEvent; its result is published as `data`. */
  readonly transform?: string | undefined;
}
