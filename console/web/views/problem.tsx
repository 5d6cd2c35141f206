import { Page, type PageContext } from "./page";

/** A page about an error: what went wrong, and what to do. */
export function Problem(props: {
  readonly context: PageContext;
  readonly title: string;
  readonly detail: string;
  readonly back?: string;
}) {
  return (
    <Page title={props.title} context={{ ...props.context, refreshMs: 0 }}>
      <div class="empty">
        <h1>{props.title}</h1>
        <p>{props.detail}</p>
        <p>
          <a class="button" href={props.back ?? "/"}>
            Back
          </a>
        </p>
      </div>
    </Page>
  );
}
