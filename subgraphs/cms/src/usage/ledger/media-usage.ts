/** One active usage of a file. */
export interface UsageRecord {
  /** Orders usages that were claimed at the same time. */
  readonly id: string;
  readonly mediaId: string;
  readonly consumer: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly role: string | null;
  readonly label: string | null;
  readonly url: string | null;
  readonly claimedAt: Date;
}

export interface Release {
  readonly usageId: string;
  /** Null when the input is not an id. */
  readonly mediaId: string | null;
  readonly claimVersion: number;
}

export interface Claim extends Release {
  readonly entityType: string;
  readonly entityId: string;
  readonly role: string | null;
  readonly label: string | null;
  readonly url: string | null;
}
