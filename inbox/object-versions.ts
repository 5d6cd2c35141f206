import type { Inbox } from "./connect";

/**
 * Removes all versions of the objects under a prefix, and their delete markers.
 * @returns number of versions that were removed, without markers
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
