import type { Model, Models, ServiceName, Shape } from "./model";
import { proseViolations } from "./prose";

/** A call of an AWS API, with its input in the form of the SDK. */
export interface AwsCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: unknown;
}

/**
 * Returns what AWS would reject in a call, by the model of its API (members, types, required ones, lengths, ranges,
 * patterns, enums, map keys) and by the rules that the model states only in prose.
 * @returns one line each, such as `sqs.SendMessage MessageBody: required`
 */
export function violations(models: Models, { service, operation, input }: AwsCall): string[] {
  const model = models[service];
  const found = model.operations[operation];
  if (!found) return [`${service}.${operation}: no such operation`];
  const checked = found.input
    ? shapeViolations(model, found.input.shape, input ?? {}, "")
    : Object.keys(input ?? {}).map((name) => `${name}: no such member`);
  const lines = [...checked, ...proseViolations({ service, operation, input })];
  return lines.map((line) => `${service}.${operation} ${line}`);
}

function shapeViolations(model: Model, name: string, value: unknown, path: string): string[] {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`the model has no shape ${name}`);
  const wrong = (text: string) => [`${path || "input"}: ${text}`];
  const expected = () => wrong(`${shape.type} expected, ${describe(value)} given`);
  switch (shape.type) {
    case "structure":
      if (shape.document) return [];
      return isPlainObject(value) ? structure(model, name, value, path) : expected();
    case "list": {
      if (!Array.isArray(value)) return expected();
      const member = shape.member?.shape ?? "";
      const items = value.flatMap((item, index) => shapeViolations(model, member, item, `${path}[${index}]`));
      return [...bounds(shape, value.length, "items").flatMap(wrong), ...items];
    }
    case "map":
      return isPlainObject(value) ? map(model, shape, value, path) : expected();
    case "string":
      return typeof value === "string" ? text(shape, value).flatMap(wrong) : expected();
    case "integer":
    case "long":
      return Number.isInteger(value) ? bounds(shape, Number(value)).flatMap(wrong) : expected();
    case "float":
    case "double":
      return typeof value === "number" ? bounds(shape, value).flatMap(wrong) : expected();
    case "boolean":
      return typeof value === "boolean" ? [] : expected();
    case "timestamp":
      return value instanceof Date || ["number", "string"].includes(typeof value) ? [] : expected();
    case "blob": {
      const length = typeof value === "string" || value instanceof Uint8Array ? Buffer.from(value).length : 0;
      return typeof value === "object" || typeof value === "string"
        ? bounds(shape, length, "bytes").flatMap(wrong)
        : expected();
    }
    default:
      throw new Error(`the shape ${name} has a type that is not known here: ${shape.type}`);
  }
}

function structure(model: Model, name: string, value: Record<string, unknown>, path: string): string[] {
  const shape = model.shapes[name] ?? { type: "structure" };
  const at = (name: string) => (path ? `${path}.${name}` : name);
  // Skip undefined members, which are not sent.
  const given = Object.entries(value).filter(([, member]) => member !== undefined);
  const missing = (shape.required ?? []).filter((member) => value[member] === undefined);
  // Check that a value of DynamoDB has exactly one type, which its model states only in prose.
  const isUnion = shape.union ?? name === "AttributeValue";
  const several = isUnion && given.length !== 1 ? [`${path}: exactly one member expected`] : [];
  return [
    ...missing.map((member) => `${at(member)}: required`),
    ...several,
    ...given.flatMap(([key, member]) => {
      const known = shape.members?.[key];
      return known ? shapeViolations(model, known.shape, member, at(key)) : [`${at(key)}: no such member`];
    }),
  ];
}

function map(model: Model, shape: Shape, value: Record<string, unknown>, path: string): string[] {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return [
    ...bounds(shape, entries.length, "entries").map((line) => `${path}: ${line}`),
    ...entries.flatMap(([key, member]) => [
      ...shapeViolations(model, shape.key?.shape ?? "", key, `${path} key ${JSON.stringify(key)}`),
      ...shapeViolations(model, shape.value?.shape ?? "", member, `${path}[${JSON.stringify(key)}]`),
    ]),
  ];
}

function text({ enum: values, pattern, ...shape }: Shape, value: string): string[] {
  const lines = bounds(shape, [...value].length, "characters");
  if (values && !values.includes(value))
    lines.push(`${JSON.stringify(value)} is none of ${values.join(", ")}`);
  if (pattern !== undefined && !compiled(pattern).test(value))
    lines.push(`${JSON.stringify(value.slice(0, 200))} does not match ${pattern}`);
  return lines;
}

function bounds({ min, max }: Pick<Shape, "min" | "max">, size: number, unit = ""): string[] {
  if (min !== undefined && size < min) return [`${size} ${unit} below the least, ${min}`];
  return max !== undefined && size > max ? [`${size} ${unit} above the most, ${max}`] : [];
}

const patterns = new Map<string, RegExp>();

/** Returns a model's pattern, which is Java's and for the whole text, as one of JavaScript. */
function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const flags = /^\(\?s\)/.test(pattern) ? "s" : "";
  const source = pattern.replace(/^\(\?s\)/, "").replace(/([+*?}])\+/g, "$1");
  let regExp: RegExp;
  try {
    regExp = new RegExp(`^(?:${source})$`, `${flags}u`);
  } catch {
    // Remove escapes that only the older syntax allows, such as `\-` outside a class.
    regExp = new RegExp(`^(?:${source})$`, flags);
  }
  patterns.set(pattern, regExp);
  return regExp;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

const describe = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `${typeof value} ${String(value).slice(0, 60)}`;
