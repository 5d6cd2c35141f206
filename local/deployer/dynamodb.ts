import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import type * as aws from "../../components/aws";
import { tagList, type Inputs, type Service } from "./resource";

export const dynamodb: Service = ({ client }) => {
  const sdk = new DynamoDBClient(client);
  return {
    "aws:dynamodb/table:Table": async (inputs: Inputs<aws.dynamodb.TableArgs>) => {
      const { TableDescription } = await sdk.send(
        new CreateTableCommand({
          TableName: inputs.name,
          BillingMode: inputs.billingMode as "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: inputs.hashKey, KeyType: "HASH" }],
          AttributeDefinitions: inputs.attributes?.map(({ name, type }) => ({
            AttributeName: name,
            AttributeType: type as "S",
          })),
          GlobalSecondaryIndexes: inputs.globalSecondaryIndexes?.map(
            ({ name, keySchemas, projectionType }) => ({
              IndexName: name,
              KeySchema: keySchemas?.map(({ attributeName, keyType }) => ({
                AttributeName: attributeName,
                KeyType: keyType as "HASH" | "RANGE",
              })),
              Projection: { ProjectionType: projectionType as "KEYS_ONLY" },
            }),
          ),
          SSESpecification: { Enabled: inputs.serverSideEncryption?.enabled },
          Tags: tagList(inputs.tags),
        }),
      );
      if (inputs.ttl) {
        await sdk.send(
          new UpdateTimeToLiveCommand({
            TableName: inputs.name,
            TimeToLiveSpecification: { AttributeName: inputs.ttl.attributeName, Enabled: inputs.ttl.enabled },
          }),
        );
      }
      return { id: String(inputs.name), state: { arn: TableDescription?.TableArn } };
    },
  };
};
