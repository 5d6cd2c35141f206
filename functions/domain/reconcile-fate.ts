/**
 * What became of a listed event that is not known.
 * - `missing`: it would be recovered (dry run).
 * - `recovered`: stored and queued. `requeued`: its record was there, but maybe not its message.
 * - `requested`: the provider sends it again. `waiting`: that is requested by a later run.
 * - `quarantined`: its request was rejected and is there, to be released.
 * - `unrecoverable`: the provider does not give it.
 */
export type Fate =
  | "missing"
  | "recovered"
  | "requeued"
  | "requested"
  | "waiting"
  | "quarantined"
  | "unrecoverable";
