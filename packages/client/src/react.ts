export {
  MediaPicker,
  type MediaPickerLabels,
  type MediaPickerProps,
} from './react/media-picker.tsx';
export {
  MediaPickerError,
  type LibraryMessage,
  type LibraryRequest,
  type MediaType,
  type OpenMessage,
  type PickedFile,
} from './picker/library-protocol.ts';
export { Picture, type PictureComponentProps } from './react/picture.tsx';
export { useUpload, type UseUpload } from './react/use-upload.ts';
export type { AddOptions, FileUpload } from './react/uploads.ts';
