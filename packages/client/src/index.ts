export type { Connection, Token } from './connection.ts';
export { UploadError, type UploadErrorCode } from './errors.ts';
export {
  pictureProps,
  type Picture,
  type PictureOptions,
  type PictureProps,
} from './picture-props.ts';
export {
  uploadFile,
  type MediaDetails,
  type UploadedFile,
  type UploadOptions,
} from './upload-file.ts';
export { uploadFiles, type UploadFilesOptions, type UploadResult } from './upload-files.ts';
