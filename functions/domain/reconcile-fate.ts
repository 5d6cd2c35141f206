/**
 * Result for a listed event that was not recorded as done.
 * - `missing`: it would be recovered, but this is a dry run.
 * - `recovered`: it was stored and queued. `requeued`: its record existed, but possibly not its message.
 * - `requested`: its redelivery was requested from the provider. `waiting`: a later run will request it.
 * - `quarantined`: its request was rejected and is in quarantine, from which it can be released.
 * - `unrecoverable`: the provider does not return or redeliver it.
 */
export type Fate =
  | "missing"
  | "recovered"
  | "requeued"
  | "requested"
  | "waiting"
  | "quarantined"
  | "unrecoverable";
