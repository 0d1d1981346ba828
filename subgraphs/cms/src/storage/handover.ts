import type { StorageLocation } from './storage-location.ts';

/** Values of DELIVERY: who sends the bytes of originals. */
export const DELIVERIES = ['stream', 'redirect', 'accel'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** The kind of storage that a delivery needs; null: any. */
const NEEDED: Readonly<Record<Delivery, StorageLocation['kind'] | null>> = {
  stream: null,
  redirect: 's3',
  accel: 'disk',
};

/** The location of nginx that serves the objects of a folder, and that clients cannot request. */
export const ACCEL_LOCATION = '/_objects/';

/** What the response of another server states about the bytes. */
export interface Presentation {
  readonly contentType: string;
  readonly contentDisposition: string;
  readonly cacheControl: string;
}

/** Gives clients URLs at which the object store sends them an object. */
export interface ObjectRedirects {
  readonly kind: 'redirect';
  /** Without asking the object store: there may be no object. */
  urlOf(key: string, options: Presentation & { validForSeconds: number }): Promise<string>;
}

/** Has nginx send the file of an object. */
export interface AccelPaths {
  readonly kind: 'accel';
  /** The value of `X-Accel-Redirect`. */
  pathOf(key: string): string;
}

export type Handover = ObjectRedirects | AccelPaths;

/** What is wrong with DELIVERY; null if it fits the storage. */
export function deliveryProblem(delivery: Delivery, { kind }: StorageLocation): string | null {
  const needed = NEEDED[delivery];
  if (needed === null || needed === kind) return null;
  const storage =
    needed === 's3' ? 'a bucket (STORAGE_URL=s3://…)' : 'a folder (STORAGE_URL=file://…)';
  return `${delivery} needs ${storage}`;
}
