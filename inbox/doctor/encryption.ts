import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { ok, problem, type Check } from "./finding";

/**
 * Checks whether the stack's own KMS key can be used, by what DynamoDB last recorded; reading this needs no access to
 * the key.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html
 */
export const encryption: Check = {
  name: "encryption key",
  async examine({ outputs: { kms_key_arn: key, dynamodb_table_name: TableName }, clients: { dynamodb } }) {
    if (key === undefined) return [];
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const since = Table?.SSEDescription?.InaccessibleEncryptionDateTime;
    if (since === undefined) return [ok("encryption key", "the table's key can be used")];
    return [
      problem(
        "encryption key",
        `DynamoDB cannot use ${key} since ${since.toISOString()}`,
        "Enable the key, or cancel its deletion; and compare its policy with the one in docs/production.md.",
      ),
    ];
  },
};
