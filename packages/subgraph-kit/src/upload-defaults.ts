/** The default of UPLOAD_MAX_BYTES, in the gateway and in the CMS. */
export const DEFAULT_UPLOAD_MAX_BYTES = 5 * 2 ** 30;

/** How long an upload may send nothing. */
export const UPLOAD_IDLE_MS = 30_000;
