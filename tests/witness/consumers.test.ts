import { readFileSync } from "node:fs";
import { join } from "node:path";
import { awsModels } from "../support/aws/model";

const definition = readFileSync(join(__dirname, "../../statemachines/consumers.asl.json"), "utf8");

test("each error for which a consumer is left out is one that SQS can answer to SendMessage", async () => {
  const { sqs } = await awsModels();
  const { errors = [] } = sqs.operations["SendMessage"] ?? {};
  // Step Functions names errors by the exceptions of the AWS SDK for Java 2: the shape's name, and `Exception`.
  // https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
  const possible = errors.map(({ shape }) => `Sqs.${shape}Exception`);
  const caught = [...definition.matchAll(/"(Sqs\.\w+)"/g)].map(([, name]) => name);
  expect(caught.length).toBeGreaterThan(5);
  // What SQS has no error of its own for, such as denied access.
  expect(caught.filter((name) => !possible.includes(String(name)))).toEqual(["Sqs.SqsException"]);
  expect(possible.filter((name) => !caught.includes(name))).toEqual([
    "Sqs.RequestThrottledException",
    "Sqs.KmsThrottledException",
  ]);
});
