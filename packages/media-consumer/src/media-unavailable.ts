/** The CMS did not respond, or its response is invalid. The state of the files is unknown. */
export class MediaUnavailableError extends Error {
  constructor(options?: ErrorOptions) {
    super('The CMS is not available.', options);
    this.name = 'MediaUnavailableError';
  }
}

export const isMediaUnavailable = (error: unknown): boolean =>
  error instanceof MediaUnavailableError;
