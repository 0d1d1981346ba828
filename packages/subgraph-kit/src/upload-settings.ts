import type { PaceLimits } from '@federated-media/multipart/pace';
import { byteSetting, cacheSizeSetting, millisecondsSetting } from './settings.ts';

const DEFAULT_MAX_BYTES = 5 * 2 ** 30;
/** A quarter of what a slow mobile connection sends. */
const DEFAULT_MIN_BYTES_PER_SECOND = 16 * 2 ** 10;
/** A connection may pause for some seconds, for example when a phone moves to another network. */
const PACE_WINDOW_MS = 30_000;
/** As long as the URL of a staged upload is valid. */
const DEFAULT_TIMEOUT_MS = 60 * 60_000;

/** The settings of uploads, which the gateway and the CMS read. */
export const uploadSettings = {
  UPLOAD_MAX_BYTES: byteSetting(DEFAULT_MAX_BYTES),
  UPLOAD_MIN_BYTES_PER_SECOND: cacheSizeSetting(DEFAULT_MIN_BYTES_PER_SECOND),
  UPLOAD_TIMEOUT_MS: millisecondsSetting(DEFAULT_TIMEOUT_MS),
};

export const uploadPaceOf = (given: {
  UPLOAD_MIN_BYTES_PER_SECOND: number;
  UPLOAD_TIMEOUT_MS: number;
}): PaceLimits => ({
  minBytesPerSecond: given.UPLOAD_MIN_BYTES_PER_SECOND,
  windowMs: PACE_WINDOW_MS,
  totalMs: given.UPLOAD_TIMEOUT_MS,
});
