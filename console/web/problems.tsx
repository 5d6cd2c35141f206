import type { Context } from "hono";
import { describeError } from "../../functions/domain/errors";
import { OperationRejectedError } from "../../inbox/operations/rejection";
import { html, type Site } from "./site";
import { Problem } from "./views/problem";

/** Answers that there is no such webhook. */
export function missing(context: Context, site: Site) {
  const detail = "There is no record of it: it was never accepted, or its record has expired.";
  return missingPage(context, site, "No such webhook", detail);
}

/** Answers that something else is not there. */
export function missingPage(context: Context, { page }: Site, title: string, detail: string, back?: string) {
  const more = back !== undefined && { back };
  return html(context, <Problem context={page()} title={title} detail={detail} {...more} />, 404);
}

/** Answers that there is no such rejected request. */
export function noSuchRejectedRequest(context: Context, site: Site) {
  const detail = "It was released, or is older than seven days.";
  return missingPage(context, site, "No such rejected request", detail, "/rejected");
}

/** Answers with what went wrong: 409 for an operation that was rejected, 400 for what cannot be read, else 500. */
export function failed(error: Error, context: Context, { page }: Site) {
  if (error instanceof OperationRejectedError) {
    const back = context.req.path.replace(/\/(replay|redrive|release|erase|discard|pause|resume)$/, "");
    return html(
      context,
      <Problem context={page()} title="Not done" detail={error.message} back={back} />,
      409,
    );
  }
  if (error instanceof RangeError) {
    return html(context, <Problem context={page()} title="Not understood" detail={error.message} />, 400);
  }
  const detail = `${describeError(error)}. Is the stack still running, and may these credentials read it?`;
  return html(context, <Problem context={page()} title="The inbox does not answer" detail={detail} />, 500);
}
