import { v7, validate } from 'uuid';

const STORE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Creates a UUIDv7 (RFC 9562): unique without coordination, and sorted by creation time. */
export const newId = (): string => v7();

/**
 * Whether PostgreSQL accepts `value` as a uuid. Check it before SQL, so that an invalid id is handled like an unknown
 * one.
 */
export const isId = (value: string): boolean => validate(value);

/** Whether `value` is a valid store id: 1 to 64 of `A-Z a-z 0-9 _ -`, which is safe in paths and keys. */
export const isStoreId = (value: string): boolean => STORE_ID.test(value);

/**
 * Normalizes an id to the form that PostgreSQL returns, so that ids can be compared as text; null for an invalid id.
 */
export const readId = (value: string): string | null => (isId(value) ? value.toLowerCase() : null);
