import type { AttributeValue, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { Operation, StoredRecord } from "../domain/record";

/** An item of the table, or some of its attributes. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Attributes of a record, with undefined for those to leave out. */
export type RecordFields = { readonly [K in keyof StoredRecord]?: StoredRecord[K] | undefined };

/** Encodes attributes of a record. */
export const toItem = (record: RecordFields): Record<string, AttributeValue> => toValues(record);

/** Decodes the attributes of a record; those that it lacks are absent. */
export const fromItem = (item: Item = {}): Partial<StoredRecord> => mapped(item, fromValue);

/** Encodes the values of an expression, by their placeholders; those that are undefined are left out. */
export const toValues = (values: object): Record<string, AttributeValue> =>
  mapped(values as Readonly<Record<string, Value | undefined>>, toValue);

/** Decodes the attributes of an item that is not a record. */
export const fromValues = (item: Item): Readonly<Record<string, unknown>> => mapped(item, fromValue);

type Value =
  | string
  | number
  | ReadonlySet<string>
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };

function toValue(value: Value): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (Array.isArray(value)) return { L: value.map(toValue) };
  return value instanceof Set ? { SS: [...value] } : { M: toValues(value) };
}

const fromValue = ({ S, N, SS, L, M }: AttributeValue): unknown =>
  N !== undefined ? Number(N) : (S ?? L?.map(fromValue) ?? (SS ? new Set(SS) : fromItem(M)));

function mapped<V, R>(
  object: Readonly<Record<string, V | undefined>>,
  map: (value: V, name: string) => R,
  prefix = "",
): Record<string, R> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) =>
      value === undefined ? [] : [[prefix + name, map(value, name)]],
    ),
  );
}

/**
 * An update of a record. Its expressions refer to an attribute that it sets as `#name`, and to its value as `:name`.
 */
export interface RecordUpdate extends Omit<
  UpdateItemCommandInput,
  `Expression${string}` | "TableName" | "Key" | "UpdateExpression"
> {
  readonly pk: string;
  readonly set?: RecordFields;
  /** Attributes to set only if the record lacks them. */
  readonly setIfAbsent?: RecordFields;
  /** Further assignments of the SET clause. */
  readonly assign?: readonly string[];
  /** Further clauses of the update expression. */
  readonly more?: string;
  /** Further names and values of the expressions, by their placeholders. */
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: object;
}

/** Returns the input for DynamoDB's UpdateItem. Refers to all names by placeholders, since many are reserved words. */
export function updateInput(update: RecordUpdate) {
  const { pk, set = {}, setIfAbsent, assign = [], more = "", names, values, ...input } = update;
  const fields = toItem({ ...setIfAbsent, ...set });
  const assigned = Object.keys(fields).map((name) =>
    name in set ? `#${name} = :${name}` : `#${name} = if_not_exists(#${name}, :${name})`,
  );
  return {
    ...input,
    Key: toItem({ pk }),
    UpdateExpression: `SET ${[...assigned, ...assign].join(", ")} ${more}`,
    ExpressionAttributeNames: { ...mapped(fields, (_, name) => name, "#"), ...names },
    ExpressionAttributeValues: { ...mapped(fields, (value) => value, ":"), ...toValues({ ...values }) },
  };
}

/** Returns the part of an update that appends an operation to those of the record. */
export const appending = (operation: Operation) => ({
  assign: ["#operations = list_append(if_not_exists(#operations, :none), :operations)"],
  names: { "#operations": "operations" },
  values: { ":none": [], ":operations": [operation] },
});
