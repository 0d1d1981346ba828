/** How long an upload may send nothing. */
export const UPLOAD_IDLE_MS = 30_000;
