/** One active use of a file. */
export interface UsageRecord {
  /** The ledger's own, for telling apart what was claimed in one moment. */
  readonly id: string;
  readonly mediaId: string;
  readonly consumer: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly role: string | null;
  readonly claimedAt: Date;
}

export interface Release {
  readonly usageId: string;
  /** Null when it can't be a file's. */
  readonly mediaId: string | null;
  readonly claimVersion: number;
}

export interface Claim extends Release {
  readonly entityType: string;
  readonly entityId: string;
  readonly role: string | null;
}
