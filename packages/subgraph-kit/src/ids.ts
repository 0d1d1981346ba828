import { v7, validate } from 'uuid';

const STORE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** A new UUIDv7 (RFC 9562): unique without asking anyone, and sorted by time of birth. */
export const newId = (): string => v7();

/** Whether PostgreSQL takes `value` as a uuid. Ask before SQL, so that garbage is answered like an unknown id. */
export const isId = (value: string): boolean => validate(value);

/** Whether `value` may name a store: 1 to 64 of `A-Z a-z 0-9 _ -`, so it is safe in paths and keys. */
export const isStoreId = (value: string): boolean => STORE_ID.test(value);

/** The spelling PostgreSQL answers with, so that ids compare as text; null for what can be nobody's id. */
export const readId = (value: string): string | null => (isId(value) ? value.toLowerCase() : null);
