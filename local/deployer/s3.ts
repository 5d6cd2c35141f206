import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type LifecycleRule,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type * as aws from "../../components/aws";
import { withoutTlsRule } from "../gaps/without-tls";
import { tagList, type Inputs, type Service } from "./resource";

export const s3: Service = ({ client }) => {
  const sdk = new S3Client({ ...client, forcePathStyle: true });
  return {
    "aws:s3/bucket:Bucket": async ({ bucket = "", tags }: Inputs<aws.s3.BucketArgs>) => {
      await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
      await sdk.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tagList(tags) } }));
      return { id: bucket, state: { bucket, arn: `arn:aws:s3:::${bucket}` } };
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": async (
      inputs: Inputs<aws.s3.BucketPublicAccessBlockArgs>,
    ) => {
      await sdk.send(
        new PutPublicAccessBlockCommand({
          Bucket: inputs.bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: inputs.blockPublicAcls,
            BlockPublicPolicy: inputs.blockPublicPolicy,
            IgnorePublicAcls: inputs.ignorePublicAcls,
            RestrictPublicBuckets: inputs.restrictPublicBuckets,
          },
        }),
      );
      return { id: inputs.bucket, state: {} };
    },
    "aws:s3/bucketPolicy:BucketPolicy": async ({ bucket, policy }: Inputs<aws.s3.BucketPolicyArgs>) => {
      const Policy = withoutTlsRule(policy);
      if (Policy) await sdk.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
      return { id: bucket, state: {} };
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": async ({
      bucket,
      rules,
    }: Inputs<aws.s3.BucketServerSideEncryptionConfigurationArgs>) => {
      const Rules = rules.map((rule) => ({
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: rule.applyServerSideEncryptionByDefault?.sseAlgorithm as "AES256",
        },
      }));
      await sdk.send(
        new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules } }),
      );
      return { id: bucket, state: {} };
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": async ({
      bucket,
      rules = [],
      transitionDefaultMinimumObjectSize,
    }: Inputs<aws.s3.BucketLifecycleConfigurationArgs>) => {
      const Rules = rules.map((rule): LifecycleRule => ({
        ID: rule.id,
        Status: rule.status as "Enabled",
        Filter: { Prefix: rule.filter?.prefix ?? "" },
        ...(rule.transitions && {
          Transitions: rule.transitions.map(({ days, storageClass }) => ({
            Days: days,
            StorageClass: storageClass as "GLACIER",
          })),
        }),
        ...(rule.expiration?.days !== undefined && { Expiration: { Days: rule.expiration.days } }),
        ...(rule.abortIncompleteMultipartUpload && {
          AbortIncompleteMultipartUpload: {
            DaysAfterInitiation: rule.abortIncompleteMultipartUpload.daysAfterInitiation,
          },
        }),
      }));
      await sdk.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket: bucket,
          LifecycleConfiguration: { Rules },
          TransitionDefaultMinimumObjectSize:
            transitionDefaultMinimumObjectSize as TransitionDefaultMinimumObjectSize,
        }),
      );
      return { id: bucket, state: {} };
    },
  };
};
