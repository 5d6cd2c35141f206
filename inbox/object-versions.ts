import type { Inbox } from "./connect";

/**
 * Removes the objects under a prefix in all their versions, and the markers of those that were deleted before.
 * @returns how many versions there were
 */
export async function removeVersions({ outputs, clients }: Inbox, Prefix: string): Promise<number> {
  const Bucket = outputs.s3_bucket_name;
  for (let removed = 0; ;) {
    const page = await clients.s3.listObjectVersions({ Bucket, Prefix });
    const { Versions = [], DeleteMarkers = [], IsTruncated = false } = page;
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await clients.s3.deleteObject({ Bucket, Key, VersionId });
    removed += Versions.length;
    if (!IsTruncated) return removed;
  }
}
