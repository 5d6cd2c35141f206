import type { Otherwise } from "../engine/event-locations";

/** For providers whose every event has a signed id. */
export const everyEventHasAnId: Otherwise = {
  by: "request",
  because: "Every event of this provider has an id.",
};

/**
 * For providers whose every event has a signed id and a time of signing, which distinguishes two requests without an
 * id.
 */
export const everyEventHasAnIdAndATime: Otherwise = {
  by: "body-and-time",
  because:
    "Every event of this provider has an id; a request without one is known by its content and the time of signing.",
};

/** For providers whose id is in a header that every request has. */
export const everyRequestHasTheHeader: Otherwise = {
  by: "request",
  because: "The header is always there; without it a retry looks like a second event.",
};

/** For providers that send an object again at each change. */
export const everyChangeHasItsTime: Otherwise = {
  by: "body",
  because: "Every body has the event's name and the time at which its object changed.",
};
