/** What the configuration of a provider says for the workflow. */
export interface ProviderInWorkflow {
  /**
   * Dotted path into the payload whose value webhooks are ordered by, such as `data.object.customer`, or `entity` for what
   * the scheme names. @default webhooks are ordered per provider
   */
  readonly orderingKey?: string | undefined;
  /**
   * Whether events say that they are older, by their provider's clock, than one before them in their group. That takes two
   * write units of DynamoDB for a batch: nothing if a group is a provider, and as much as the webhook itself where batches
   * are of one.
   * @default true without an ordering key, false with one
   */
  readonly markOutOfOrder?: boolean | undefined;
  /** JSONata over the CloudEvent; webhooks for which it is not true are not published. */
  readonly filter?: string | undefined;
  /** JSONata over the CloudEvent; its result is published as `data`. */
  readonly transform?: string | undefined;
}
