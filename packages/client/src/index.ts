export type { Connection, Token } from './connection.ts';
export { UploadError, type UploadErrorCode } from './errors.ts';
export {
  MediaPickerError,
  type LibraryMessage,
  type LibraryRequest,
  type MediaType,
  type OpenMessage,
  type PickedFile,
} from './picker/library-protocol.ts';
export { openMediaPicker, type OpenMediaPickerOptions } from './picker/open-media-picker.ts';
export {
  pictureProps,
  type Picture,
  type PictureOptions,
  type PictureProps,
} from './picture-props.ts';
export { uploadFile } from './upload-file.ts';
export type { MediaDetails, StagedUpload, UploadedFile, UploadOptions } from './upload.ts';
export { uploadFiles, type UploadFilesOptions, type UploadResult } from './upload-files.ts';
