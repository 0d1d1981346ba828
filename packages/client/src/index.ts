export type { Connection, Token } from './connection.ts';
export { UploadError, type UploadErrorCode } from './errors.ts';
export {
  pictureProps,
  type Picture,
  type PictureOptions,
  type PictureProps,
} from './picture-props.ts';
export { uploadFile } from './upload-file.ts';
export type { MediaDetails, StagedUpload, UploadedFile, UploadOptions } from './upload.ts';
export { uploadFiles, type UploadFilesOptions, type UploadResult } from './upload-files.ts';
