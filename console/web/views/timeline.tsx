import { DIFFERENCE, durationMs, elapsed, type Step, type Trace } from "../../../inbox/trace/model";
import { Time } from "./page";

interface TimelineProps {
  readonly trace: Trace;
  /** Index of the execution that is drawn, from 0. */
  readonly shown: number;
  /** Whether the stack runs on the emulator, which has no X-Ray. */
  readonly emulated: boolean;
  readonly region: string;
}

/** What happened to the webhook, step by step. */
export function Timeline({ trace, shown, region, emulated }: TimelineProps) {
  const began = trace.steps[0]?.at;
  return (
    <>
      <ol class="timeline">
        {trace.steps.map((step, index) => (
          <li class={step.tone}>
            <StepView step={step} index={index} began={began} trace={trace} shown={shown} />
          </li>
        ))}
      </ol>
      {!emulated &&
        trace.xrayTraceIds.map((id) => (
          <p>
            <a
              href={`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#xray:traces/${encodeURIComponent(id)}`}
              rel="noreferrer"
            >
              X-Ray trace {id}
            </a>
          </p>
        ))}
    </>
  );
}

/** Facts of a step. */
export function Facts({ facts }: Pick<Step, "facts">) {
  return (
    <dl>
      {Object.entries(facts).map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

function StepView(props: {
  readonly step: Step;
  readonly index: number;
  readonly began: string | undefined;
  readonly trace: Trace;
  readonly shown: number;
}) {
  const { step, index, began, trace, shown } = props;
  const after = began === undefined ? undefined : durationMs(began, step.at);
  const execution = trace.executions.findIndex(({ arn }) => arn === step.executionArn);
  return (
    <>
      <span class="when">
        <Time at={step.at} /> {after !== undefined && index > 0 && <span>+{elapsed(after)}</span>}
      </span>
      <strong>{step.title}</strong>
      {step.facts["error"] !== undefined && <span class="error">{step.facts["error"]}</span>}
      {step.facts[DIFFERENCE] !== undefined && <span>{step.facts[DIFFERENCE]}</span>}
      {execution >= 0 && (
        <a
          href={`?execution=${execution}#workflow-title`}
          aria-current={execution === shown ? "true" : undefined}
        >
          execution {execution + 1}
        </a>
      )}
      {Object.keys(step.facts).length > 0 && (
        <details id={`step-${index}`}>
          <summary>Details</summary>
          <Facts facts={step.facts} />
        </details>
      )}
    </>
  );
}
