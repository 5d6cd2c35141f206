import { STATUSES, type Status } from "../../../functions/domain/record";

/** Filter of the list, as the address contains it. */
export interface Filter {
  readonly provider: string;
  readonly status: Status | "";
  readonly type: string;
  readonly text: string;
  /** Text to search for in payloads. */
  readonly payload: string;
  readonly hours: number;
  readonly cursor: string;
}

/** Time spans that the filter offers, in hours. */
export const SPANS = [
  { hours: 1, name: "last hour" },
  { hours: 24, name: "last 24 hours" },
  { hours: 24 * 7, name: "last 7 days" },
  { hours: 24 * 30, name: "last 30 days" },
  { hours: 24 * 365, name: "everything" },
] as const;

/** The form that filters the list. */
export function FilterForm({
  filter,
  providers,
}: {
  readonly filter: Filter;
  readonly providers: readonly string[];
}) {
  const option = (value: string, name: string, chosen: string) => (
    <option value={value} selected={value === chosen}>
      {name}
    </option>
  );
  return (
    <form class="filter" method="get" action="/" role="search">
      <label>
        Provider
        <select name="provider">
          {option("", "any", filter.provider)}
          {providers.map((name) => option(name, name, filter.provider))}
        </select>
      </label>
      <label>
        Status
        <select name="status">
          {option("", "any", filter.status)}
          {STATUSES.map((name) => option(name, name.replace("_", "-"), filter.status))}
        </select>
      </label>
      <label>
        Type
        <input name="type" value={filter.type} placeholder="invoice.paid" autocomplete="off" />
      </label>
      <label class="wide">
        Text
        <input
          name="text"
          type="search"
          value={filter.text}
          placeholder="id, type, group or error"
          data-search
          autocomplete="off"
        />
      </label>
      <label>
        Payload
        <input name="payload" value={filter.payload} placeholder="cus_123" autocomplete="off" />
      </label>
      <label>
        Since
        <select name="hours">
          {SPANS.map(({ hours, name }) => option(String(hours), name, String(filter.hours)))}
        </select>
      </label>
      <button type="submit" class="primary">
        Filter
      </button>
      <a class="button" href="/">
        Clear
      </a>
    </form>
  );
}
