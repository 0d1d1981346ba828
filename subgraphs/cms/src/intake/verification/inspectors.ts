import type { InspectionName } from '../../files/file-types/file-type.ts';
import { inspectConverted } from './converted.ts';
import { inspectImage } from './image.ts';
import type { Inspector } from './job.ts';
import { inspectCompound } from './documents/compound.ts';
import { inspectFont } from './documents/font.ts';
import { inspectModel } from './documents/model.ts';
import { inspectPackage } from './documents/package.ts';
import { inspectRtf } from './documents/rtf.ts';
import { inspectText } from './documents/text.ts';
import { inspectPdf } from './pdf.ts';
import { RECORDING_INSPECTORS } from './recording/recording-inspectors.ts';
import { inspectSvg } from './svg/inspect-svg.ts';

/** The program that verifies each type of file, see `FileType.inspectedAs`. */
export const INSPECTORS: Readonly<Record<InspectionName, Inspector>> = {
  image: inspectImage,
  converted: inspectConverted,
  drawing: inspectSvg,
  pdf: inspectPdf,
  package: inspectPackage,
  compound: inspectCompound,
  rtf: inspectRtf,
  text: inspectText,
  font: inspectFont,
  model: inspectModel,
  ...RECORDING_INSPECTORS,
};
