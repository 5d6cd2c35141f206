import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { inboxAt } from "../../../inbox/connect";
import type { Outputs } from "../../../inbox/outputs";
import { providerPauses } from "../../../inbox/pauses";

mockClient(DynamoDBClient).on(GetItemCommand).resolves({});

test("an operator waits for the pauses as long as the SDK does, not as long as a function may", async () => {
  const timeout = jest.spyOn(AbortSignal, "timeout");
  const inbox = inboxAt({ dynamodb_table_name: "table" } as Outputs, { region: "us-east-1" });
  expect(await providerPauses(inbox)).toEqual([]);
  expect(timeout).not.toHaveBeenCalled();
});
