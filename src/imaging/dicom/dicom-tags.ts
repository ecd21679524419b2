/** Transfer syntaxes of DICOM PS3.5 by what is needed to read their pixels. */
export const nativeSyntaxes = {
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  deflatedLittleEndian: '1.2.840.10008.1.2.1.99',
  explicitBigEndian: '1.2.840.10008.1.2.2',
} as const

/** How the pixels of a frame are coded. */
export type PixelCodec = 'native' | 'rle' | 'jpeg' | 'jpegLs' | 'jpeg2000' | 'htJpeg2000'

/** Transfer syntaxes with encapsulated pixels; in the lossy ones a decoder may leave the range of the stored bits. */
const encapsulatedSyntaxes: Readonly<Record<string, { codec: PixelCodec; lossy: boolean }>> = {
  '1.2.840.10008.1.2.1.98': { codec: 'native', lossy: false },
  '1.2.840.10008.1.2.5': { codec: 'rle', lossy: false },
  '1.2.840.10008.1.2.4.50': { codec: 'jpeg', lossy: true },
  '1.2.840.10008.1.2.4.51': { codec: 'jpeg', lossy: true },
  // Retired: spectral selection and full progression, which archives still hold.
  '1.2.840.10008.1.2.4.53': { codec: 'jpeg', lossy: true },
  '1.2.840.10008.1.2.4.55': { codec: 'jpeg', lossy: true },
  '1.2.840.10008.1.2.4.57': { codec: 'jpeg', lossy: false },
  '1.2.840.10008.1.2.4.70': { codec: 'jpeg', lossy: false },
  '1.2.840.10008.1.2.4.80': { codec: 'jpegLs', lossy: false },
  '1.2.840.10008.1.2.4.81': { codec: 'jpegLs', lossy: true },
  '1.2.840.10008.1.2.4.90': { codec: 'jpeg2000', lossy: false },
  '1.2.840.10008.1.2.4.91': { codec: 'jpeg2000', lossy: true },
  '1.2.840.10008.1.2.4.201': { codec: 'htJpeg2000', lossy: false },
  '1.2.840.10008.1.2.4.202': { codec: 'htJpeg2000', lossy: false },
  '1.2.840.10008.1.2.4.203': { codec: 'htJpeg2000', lossy: true },
}

/** What a transfer syntax does with pixels; undefined where none of ours reads it. */
export const codingOf = (
  transferSyntaxUid: string,
): { codec: PixelCodec; lossy: boolean; encapsulated: boolean } | undefined => {
  if (Object.values<string>(nativeSyntaxes).includes(transferSyntaxUid))
    return { codec: 'native', lossy: false, encapsulated: false }
  const coding = encapsulatedSyntaxes[transferSyntaxUid]
  return coding && { ...coding, encapsulated: true }
}

/** Data elements by keyword, as dicom-parser writes their tags. */
export const tags = {
  transferSyntaxUid: 'x00020010',
  sopClassUid: 'x00080016',
  sopInstanceUid: 'x00080018',
  studyDate: 'x00080020',
  seriesDate: 'x00080021',
  contentDate: 'x00080023',
  acquisitionDate: 'x00080022',
  accessionNumber: 'x00080050',
  modality: 'x00080060',
  presentationIntentType: 'x00080068',
  manufacturer: 'x00080070',
  institutionName: 'x00080080',
  referringPhysicianName: 'x00080090',
  stationName: 'x00081010',
  manufacturerModelName: 'x00081090',
  patientName: 'x00100010',
  patientId: 'x00100020',
  issuerOfPatientId: 'x00100021',
  patientBirthDate: 'x00100030',
  patientSex: 'x00100040',
  otherPatientIds: 'x00101000',
  patientAge: 'x00101010',
  bodyPartExamined: 'x00180015',
  kvp: 'x00180060',
  softwareVersions: 'x00181020',
  imagerPixelSpacing: 'x00181164',
  exposureIndex: 'x00181411',
  deviationIndex: 'x00181413',
  viewPosition: 'x00185101',
  detectorModelName: 'x0018702b',
  studyInstanceUid: 'x0020000d',
  seriesInstanceUid: 'x0020000e',
  laterality: 'x00200060',
  imageLaterality: 'x00200062',
  samplesPerPixel: 'x00280002',
  photometricInterpretation: 'x00280004',
  planarConfiguration: 'x00280006',
  numberOfFrames: 'x00280008',
  rows: 'x00280010',
  columns: 'x00280011',
  pixelSpacing: 'x00280030',
  bitsAllocated: 'x00280100',
  bitsStored: 'x00280101',
  highBit: 'x00280102',
  pixelRepresentation: 'x00280103',
  pixelPaddingValue: 'x00280120',
  pixelPaddingRangeLimit: 'x00280121',
  burnedInAnnotation: 'x00280301',
  windowCenter: 'x00281050',
  windowWidth: 'x00281051',
  rescaleIntercept: 'x00281052',
  rescaleSlope: 'x00281053',
  voiLutFunction: 'x00281056',
  redPalette: 'x00281201',
  greenPalette: 'x00281202',
  bluePalette: 'x00281203',
  redPaletteDescriptor: 'x00281101',
  greenPaletteDescriptor: 'x00281102',
  bluePaletteDescriptor: 'x00281103',
  lossyImageCompression: 'x00282110',
  modalityLutSequence: 'x00283000',
  lutDescriptor: 'x00283002',
  lutData: 'x00283006',
  voiLutSequence: 'x00283010',
  presentationLutShape: 'x20500020',
  pixelData: 'x7fe00010',
} as const
export type TagName = keyof typeof tags
