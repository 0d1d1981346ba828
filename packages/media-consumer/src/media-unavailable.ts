/** The CMS could not be asked, or gave no answer to rely on. Nothing is known of the files. */
export class MediaUnavailableError extends Error {
  constructor(options?: ErrorOptions) {
    super('The CMS is not available.', options);
    this.name = 'MediaUnavailableError';
  }
}
